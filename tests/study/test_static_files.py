import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

ROOMS = [path.parent for path in Path(settings.BASE_DIR).glob("*/apps.py")]
TEMPLATES = [file for room in ROOMS for file in sorted(room.rglob("templates/**/*.html"))]


def test_the_templates_are_found():
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_every_static_file_that_a_template_names_exists(file):
    """In production a missing one is an error of the whole page, in tests it is none."""
    for name in re.findall(r"{% static '([^']+)' %}", file.read_text()):
        assert finders.find(name), name
