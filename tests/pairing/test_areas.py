"""Loading places: all of Gansu in seconds, again without a change, and villages that merge."""

import gzip
import time

import pytest
from django.core.management import CommandError, call_command

from pairing.management.commands.load_areas import DEFAULT, read_areas
from pairing.models import Area, FormerCode
from pairing.models.areas import village_names

HEAD = "code,name,level,former_codes\n"
SMALL = (
    HEAD
    + "62,甘肃省,province,\n6207,张掖市,prefecture,\n620702,甘州区,county,\n620702100,梁家墩镇,township,\n"
)


@pytest.fixture
def load(tmp_path, capsys):
    def run(text):
        path = tmp_path / "areas.csv"
        path.write_text(text, encoding="utf-8")
        call_command("load_areas", str(path))
        return capsys.readouterr().out

    return run


@pytest.mark.slow
@pytest.mark.django_db
def test_all_of_gansu(capsys):
    start = time.process_time()
    call_command("load_areas")
    assert time.process_time() - start < 5  # of our own; the database takes about as long again
    assert Area.objects.count() == 19_224
    assert Area.objects.villages().count() == 17_718
    assert Area.objects.get(code="620702").pinyin == "gan zhou qu"
    assert not Area.objects.villages().filter(display_name__regex="(村民|居民|村|居)委(员)?会").exists()
    call_command("load_areas")
    assert "0 new or changed, 0 no longer active" in capsys.readouterr().out


def test_parents_are_prefixes_and_the_file_is_compact():
    rows = read_areas(DEFAULT)
    codes = {row.code for row in rows}
    assert all(row.code[: {4: 2, 6: 4, 9: 6, 12: 9}[len(row.code)]] in codes for row in rows[1:])
    assert DEFAULT.stat().st_size < 200_000
    assert gzip.decompress(DEFAULT.read_bytes()).startswith(HEAD.encode())


@pytest.mark.django_db
def test_renaming_merging_and_another_province(load):
    load(SMALL + "620702100201,东庄村村委会,village,\n620702100202,西庄村村委会,village,\n")
    load(SMALL + "620702100201,新庄村村委会,village,620702100202 620702100299\n")
    merged = Area.objects.get(code="620702100201")
    assert merged.display_name == "新庄村"
    assert not Area.objects.get(code="620702100202").active
    assert dict(FormerCode.objects.values_list("code", "name")) == {
        "620702100202": "西庄村村委会",
        "620702100299": "",
    }
    load(HEAD + "63,青海省,province,\n")
    assert Area.objects.get(code="620702").active
    load(SMALL)  # a file without former codes forgets none
    assert FormerCode.objects.count() == 2
    load(SMALL + "620702100202,西庄村村委会,village,\n")
    assert Area.objects.get(code="620702100202").active


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name\n甘肃省\n", "no column code"),
        (HEAD, "lists no area"),
        (HEAD + "621,甘肃省,,\n", "line 2, 621: bad code"),
        (HEAD + "６２,甘肃省,,\n", "bad code"),
        (HEAD + "62,,,\n", "no name"),
        (HEAD + "62,甘肃省,county,\n", "2 digits is a province, not a county"),
        (HEAD + "62,甘肃省,,\n62,甘肃省,,\n", "line 3, 62: code listed twice"),
        (HEAD + "62,甘肃省,,\n620702,甘州区,,\n", "6207, is not listed"),
        (HEAD + "62,甘肃省,,x\n", "bad code"),
        (HEAD + "62,甘\0肃,,\n", "no name"),
    ],
)
def test_a_bad_file_says_where_and_loads_nothing(load, text, reason):
    with pytest.raises(CommandError, match=reason):
        load(text)
    assert not Area.objects.exists()


def test_a_file_that_is_none(tmp_path):
    broken, torn = tmp_path / "a.csv.gz", tmp_path / "b.csv.gz"
    broken.write_bytes(b"\x1f\x8b nonsense")
    torn.write_bytes(gzip.compress(b"")[:10] + b"\xff\xff\xff")
    for path in (broken, torn, tmp_path / "missing.csv"):
        with pytest.raises(CommandError, match="cannot be read"):
            read_areas(path)
    (chinese := tmp_path / "c.csv").write_bytes((HEAD + "62,甘肃省,,\n").encode("gb18030"))
    with pytest.raises(CommandError, match="not in UTF-8"):
        read_areas(chinese)


@pytest.mark.django_db
def test_villages_of_several_townships_are_told_apart(load):
    towns = {"620702100": "梁家墩镇", "620702101": "上秦镇"}
    villages = {"620702100200": "新庄村", "620702100201": "五号村", "620702101200": "新庄村"}
    rows = [
        f"{code},{name},{'township' if len(code) == 9 else 'village'},"
        for code, name in (towns | villages).items()
    ]
    load(
        HEAD
        + "62,甘肃省,province,\n6207,张掖市,prefecture,\n620702,甘州区,county,\n"
        + "\n".join(rows)
        + "\n"
    )
    one, two, far = villages
    assert village_names([one, two]) == {one: "新庄村", two: "五号村"}
    assert village_names([one, far]) == {one: "梁家墩镇 新庄村", far: "上秦镇 新庄村"}
    assert village_names(["620702999999"]) == {"620702999999": "620702999999"}
