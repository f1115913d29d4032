"""The columns that 0014 has copied are no longer needed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0014_fill_runs")]

    operations = [
        migrations.RemoveField("job", "changed_at"),
        migrations.RemoveField("job", "step"),
    ]
