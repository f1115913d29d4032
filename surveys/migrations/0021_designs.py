"""Blocks and within-person conditions: what a trial shows, and whose arm was kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0020_exclusions")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="followed",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="trial",
            name="block",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddField(
            model_name="trial",
            name="condition",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        # Longer, for the names of orders of conditions; a study has a handful of rows.
        migrations.AlterField(
            model_name="condition",
            name="name",
            field=models.CharField(max_length=250),
        ),
        migrations.AlterField(
            model_name="trial",
            name="kind",
            field=models.CharField(
                choices=[
                    ("main", "question of the study"),
                    ("attention", "attention check"),
                    ("repeat", "question asked again"),
                    ("example", "question about an example"),
                ],
                default="main",
                max_length=10,
            ),
        ),
    ]
