"""Addresses that are still free, and a protocol that is loaded once more under one of them."""

import re

from surveys.models import Survey
from surveys.studies.protocols.versions import export_protocol
from toml_files.editing import set_value

LONGEST_SLUG = 50
NUMBER = re.compile(r"-\d+$")


def free_slug(slug: str, ending: str = "") -> str:
    """The slug with the ending, or with the next number where a study has that name already."""
    number = 1
    while True:
        tail = f"{ending}-{number}" if number > 1 else ending
        found = slug[: LONGEST_SLUG - len(tail)].rstrip("-") + tail
        if not Survey.objects.filter(slug=found).exists():
            return found
        number += 1


def copied_protocol(survey: Survey) -> str:
    """The text of the survey's protocol under a free slug, for a study of its own.

    Raises ExportError when the stored text does not give the stored hash.
    """
    slug = free_slug(NUMBER.sub("", str(survey.protocol_json["slug"])))
    return set_value(export_protocol(survey), "slug", value=slug)
