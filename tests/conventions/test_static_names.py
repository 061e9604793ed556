"""Static files that templates name exist: the storage of production refuses a page that names another one."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def test_every_static_file_that_a_template_names_is_served():
    named = {
        (name, path.relative_to(TEMPLATES).as_posix())
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"{% static ['\"]([^'\"]+)['\"] %}", path.read_text())
    }
    assert named
    assert [place for place in sorted(named) if not finders.find(place[0])] == []
