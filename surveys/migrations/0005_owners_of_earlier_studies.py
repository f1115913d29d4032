"""Before there were roles, every account could do everything: all of them own what was there."""

from django.conf import settings
from django.db import migrations


def give_ownership(apps, schema_editor):
    User = apps.get_model("auth", "User")
    Membership = apps.get_model("surveys", "Membership")
    Survey = apps.get_model("surveys", "Survey")
    people = User.objects.filter(is_active=True, is_superuser=False)
    Membership.objects.bulk_create(
        Membership(survey=survey, user=user, role="owner")
        for survey in Survey.objects.all()
        for user in people
    )


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0004_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(give_ownership, migrations.RunPython.noop)]
