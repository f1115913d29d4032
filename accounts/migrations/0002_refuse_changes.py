"""PostgreSQL itself refuses to change or remove an entry of the audit log."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An entry of the audit log is never changed or removed.';
END
$$;
CREATE TRIGGER accounts_auditentry_is_append_only
    BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
"""
ALLOW = """
DROP TRIGGER accounts_auditentry_is_append_only ON accounts_auditentry;
DROP FUNCTION accounts_refuse_change();
"""


def refuse(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REFUSE)


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ALLOW)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(refuse, allow)]
