"""Converts tables to lines of JSON that are the same for every database, and back."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

CHUNK = 2000
# From here on, floats have no decimals and Python writes them with an exponent.
LARGE = 1e16
# Made by `migrate`, valid for a day at most, or addresses of machines.
LEFT_OUT = {
    "contenttypes.contenttype",
    "auth.permission",
    "auth.group_permissions",
    "auth.user_user_permissions",
    "sessions.session",
    "accounts.session",
    "accounts.counter",
}
LEFT_OUT_APPS = {"axes"}
Model = type[models.Model]


def stored_models() -> dict[str, Model]:
    """Return the models whose rows a backup contains, by label, in alphabetical order."""
    found = {
        model._meta.label_lower: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        if model._meta.app_label not in LEFT_OUT_APPS
    }
    return {label: found[label] for label in sorted(found) if label not in LEFT_OUT}


def lines_of(model: Model) -> Iterator[str]:
    """Yield each row as canonical JSON, ordered by key; the same from every database."""
    fields = model._meta.concrete_fields
    for row in model._base_manager.order_by("pk").iterator(CHUNK):
        values = {field.attname: _plain(field.value_from_object(row)) for field in fields}
        yield json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def _plain(value: Any) -> Any:
    """Convert a value for JSON; times keep the microseconds that the digests of the log cover."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        return _plain_json(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"A backup cannot contain a value of type {type(value).__name__}.")


def _plain_json(value: Any) -> Any:
    """Convert a value within JSON as PostgreSQL does: no signed zero, no exponents."""
    if isinstance(value, dict):
        return {name: _plain_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain_json(each) for each in value]
    if isinstance(value, float) and value == 0:
        return 0.0
    if isinstance(value, float) and abs(value) >= LARGE:
        return int(Decimal(repr(value)))
    return value


def digest_of(model: Model) -> str:
    """Return the SHA-256 of a table's lines."""
    digest = hashlib.sha256()
    for line in lines_of(model):
        digest.update(line.encode())
    return digest.hexdigest()


def insert_lines(model: Model, lines: Iterable[str]) -> None:
    """Store rows exactly as they were, including keys and automatic times."""
    fields = list(model._meta.concrete_fields)
    rows = (_object(model, fields, json.loads(line)) for line in lines)
    while batch := list(islice(rows, CHUNK)):
        size = max(1, connection.ops.bulk_batch_size(fields, batch))
        for start in range(0, len(batch), size):
            # Django's own save(raw) calls this, too: it keeps automatic times as they are.
            model._base_manager._insert(  # type: ignore[attr-defined]
                batch[start : start + size], fields=fields, using=connection.alias, raw=True
            )


def _object(model: Model, fields: list[Any], values: dict[str, Any]) -> models.Model:
    return model(**{field.attname: field.to_python(values[field.attname]) for field in fields})


def reset_sequences() -> None:
    """Make each table's next key a free one."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(stored_models().values()))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def filled_tables() -> list[str]:
    return [label for label, model in stored_models().items() if model._base_manager.exists()]


def applied_migrations() -> list[str]:
    """Return what was applied, in steps: a migration that stands for several counts as those."""
    on_disk = MigrationLoader(connection).disk_migrations
    several = {key for key, migration in on_disk.items() if migration.replaces}
    applied = set(MigrationRecorder(connection).applied_migrations())
    return sorted(f"{app}.{name}" for app, name in applied - several)
