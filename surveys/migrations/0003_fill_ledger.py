"""Write the ledger of surveys that were assigned before there was one: in turn, by number."""

from collections import Counter

from django.db import migrations


def fill_ledger(apps, schema_editor):
    Participant = apps.get_model("surveys", "Participant")
    Assignment = apps.get_model("surveys", "Assignment")
    places = Counter()
    assigned = Participant.objects.exclude(number=None).exclude(condition=None)
    for person in assigned.order_by("survey_id", "number"):
        places[person.condition_id] += 1
        person.place = places[person.condition_id]
        person.save(update_fields=["place"])
        Assignment.objects.create(
            survey_id=person.survey_id,
            number=person.number,
            condition_id=person.condition_id,
            place=person.place,
            at=person.assigned_at,
        )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_around_the_trials")]

    operations = [migrations.RunPython(fill_ledger, migrations.RunPython.noop)]
