"""An example of everything that varies in an address of the console."""

from collections.abc import Mapping

from pv_engine.models import Build
from surveys.models import Survey


def console_examples(survey: Survey) -> Mapping[str, object]:
    """Parameter -> example, for one study and the build and stimulus set behind it."""
    build = Build.objects.order_by("pk").first()
    return {
        "slug": survey.slug,
        "content_sha256": survey.stimulus_set.content_sha256,
        "build_id": build.pk if build else 0,
    }
