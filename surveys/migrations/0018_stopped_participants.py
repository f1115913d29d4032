from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0017_measures"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="stopped_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("arrival", "opened the first page"),
                    ("consent", "agreed to take part"),
                    ("assignment", "was assigned to a condition"),
                    ("page", "went on from a page"),
                    ("finish", "answered the last trial"),
                    ("turned_away", "could not go on"),
                    ("stop", "stopped before the end"),
                ],
                max_length=20,
            ),
        ),
    ]
