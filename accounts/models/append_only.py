"""Tables whose rows are added and never changed or removed."""

from typing import Any

from django.db import models


class AppendOnly(models.QuerySet[Any]):
    """A query set whose rows are added and never changed."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError(f"A {self.model._meta.verbose_name} is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(f"A {self.model._meta.verbose_name} is never removed.")


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"A {self._meta.verbose_name} is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"A {self._meta.verbose_name} is never removed.")
