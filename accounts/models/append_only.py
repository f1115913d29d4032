"""Tables whose rows can be added, but not changed or removed."""

from typing import Any

from django.db import models


class AppendOnly(models.QuerySet[Any]):
    """A query set that refuses updates and deletions."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError(f"This {self.model._meta.verbose_name} cannot be changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(f"This {self.model._meta.verbose_name} cannot be removed.")


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"This {self._meta.verbose_name} cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"This {self._meta.verbose_name} cannot be removed.")
