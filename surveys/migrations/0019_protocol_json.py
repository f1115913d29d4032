"""Gives the stored protocol the name of what it is: JSON. The column keeps its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0018_stopped_participants"),
    ]

    operations = [
        migrations.AlterField(
            model_name="protocolversion",
            name="protocol",
            field=models.JSONField(db_column="protocol"),
        ),
        migrations.RenameField(
            model_name="protocolversion",
            old_name="protocol",
            new_name="protocol_json",
        ),
        migrations.AlterField(
            model_name="survey",
            name="protocol",
            field=models.JSONField(db_column="protocol"),
        ),
        migrations.RenameField(
            model_name="survey",
            old_name="protocol",
            new_name="protocol_json",
        ),
    ]
