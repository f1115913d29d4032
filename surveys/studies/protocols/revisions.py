"""Every state in which a protocol was saved, so that any of them can be read and taken back."""

from django.utils import timezone

from accounts.audit.record import Actor
from surveys.models import ProtocolRevision, Survey
from toml_files.editing import set_value


def keep_revision(survey: Survey, by: Actor) -> None:
    """Add the protocol as it is stored now. To be called within a transaction with its row locked.

    A study that was loaded before revisions were kept begins with what it had then.
    """
    last = survey.revisions.defer("toml", "protocol_json").first()
    if last is not None and last.sha256 == survey.protocol_sha256:
        return
    ProtocolRevision.objects.create(
        survey=survey,
        number=last.number + 1 if last else 1,
        sha256=survey.protocol_sha256,
        protocol_json=survey.protocol_json,
        # As it can be saved again: the file may have named its stimulus set by a folder.
        toml=set_value(
            set_value(survey.protocol_toml, "slug", value=survey.slug),
            "stimulus_set",
            value=survey.stimulus_set.content_sha256,
        ),
        at=timezone.now(),
        by=by if isinstance(by, str) else by.get_username(),
    )
