"""What earlier versions stored of exports, runs of bots and checks, in the columns of runs."""

from typing import Any

from django.db import migrations
from django.db.models import CharField, F, Max, Value
from django.db.models.functions import Cast, Concat

ACTIVE = ("queued", "running")


def fill_jobs(jobs: Any) -> None:
    active = jobs.filter(status__in=ACTIVE)
    active.update(message=F("step"), sent_at=F("changed_at"))
    # The last sign of life, after which the worker counts as lost.
    active.filter(status="running").update(claimed_at=F("changed_at"))


def fill_bot_runs(runs: Any) -> None:
    runs.filter(status="stopped").update(status="cancelled")
    done, wanted = (Cast(name, CharField()) for name in ("done", "participants"))
    runs.filter(participants__gt=0).update(
        permille=F("done") * 1000 / F("participants"),
        message=Concat(done, Value(" of "), wanted, output_field=CharField()),
    )
    runs.filter(status__in=ACTIVE).update(sent_at=F("created_at"))


def fill_checks(runs: Any) -> None:
    """Of the checks that no worker has done, the newest of each study still wait for one."""
    runs.exclude(finished_at=None).update(status="finished", permille=1000)
    waiting = runs.filter(finished_at=None)
    newest = waiting.order_by().values("survey").annotate(pk=Max("pk")).values_list("pk", flat=True)
    replaced = waiting.exclude(pk__in=list(newest))
    replaced.update(status="cancelled", finished_at=F("created_at"))
    waiting.filter(status="queued").update(sent_at=F("created_at"))


def fill(apps: Any, schema_editor: Any) -> None:
    fill_jobs(apps.get_model("surveys", "Job").objects)
    fill_bot_runs(apps.get_model("surveys", "BotRun").objects)
    fill_checks(apps.get_model("surveys", "PreflightRun").objects)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_runs")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
