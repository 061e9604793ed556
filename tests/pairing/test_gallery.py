"""The gallery shows every component, to everybody who is signed in, in the frame of his own surface."""

from pathlib import Path

COMPONENTS = Path(__file__).resolve().parents[2] / "templates/components"


def test_every_component_is_in_the_gallery(sign_in, cast):
    response = sign_in(cast.staff).get("/gallery/")
    assert response.status_code == 200
    source = Path(response.templates[0].origin.name).read_text()
    there = {path.name for path in COMPONENTS.glob("*.html")}
    missing = {name for name in there if f"components/{name}" not in source}
    assert missing == {"pager.html", "fields.html"}, "which stand inside table.html and form.html"


def test_frame_fits_the_surface(sign_in, cast):
    page = sign_in(cast.cadre).get("/gallery/").content.decode()
    assert '<body class="cadre ' in page
    assert "side-bar" not in page
    assert "张帮扶" in page
    page = sign_in(cast.staff).get("/gallery/").content.decode()
    assert '<body class="office ' in page
    assert "bottom-bar" not in page


def test_title_carries_no_name_and_the_watermark_does(sign_in, cast):
    page = sign_in(cast.staff).get("/gallery/").content.decode()
    title = page.split("<title>")[1].split("</title>")[0]
    assert "镇干事" not in title
    assert "镇干事" in page.split('class="watermark"')[1]


def test_demo_data_is_named_on_every_page(sign_in, cast, settings):
    page = sign_in(cast.staff).get("/gallery/").content.decode()
    assert "演示数据" not in page
    settings.PAIRING_PROFILE = "demo"
    page = sign_in(cast.staff).get("/gallery/").content.decode()
    assert page.count("演示数据") == 2, "one for the screen, one for the print"


def test_idle_limit_is_told_to_the_script(sign_in, cast):
    assert 'data-idle="1800"' in sign_in(cast.cadre).get("/gallery/").content.decode()
    assert 'data-idle="1200"' in sign_in(cast.staff).get("/gallery/").content.decode()


def test_the_frame_costs_two_queries(sign_in, cast, django_assert_num_queries):
    client = sign_in(cast.staff)
    client.get("/gallery/")
    with django_assert_num_queries(3):  # session, user, grants
        client.get("/gallery/")
