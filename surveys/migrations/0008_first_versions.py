"""Every survey that has been opened gets the version that its participants were given."""

from typing import Any

from django.db import migrations
from django.db.models import Q


def freeze_opened_surveys(apps: Any, schema_editor: Any) -> None:
    survey_model = apps.get_model("surveys", "Survey")
    version_model = apps.get_model("surveys", "ProtocolVersion")
    opened = survey_model.objects.filter(~Q(opened_at=None) | ~Q(participants=None)).distinct()
    for survey in opened:
        version = version_model.objects.create(
            survey=survey,
            number=1,
            sha256=survey.protocol_sha256,
            protocol=survey.protocol,
            toml=survey.protocol_toml,
            stimulus_set=survey.stimulus_set,
            at=survey.opened_at or survey.created_at,
            by="before versions were kept",
        )
        survey_model.objects.filter(pk=survey.pk).update(version=version)
        survey.participants.update(version=version)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0007_protocol_versions")]

    operations = [migrations.RunPython(freeze_opened_surveys, migrations.RunPython.noop)]
