"""What went wrong on participants' pages, without a word of what anybody sent."""

from typing import ClassVar

from django.db import models

from surveys.models.study import Survey


class PageError(models.Model):
    """One kind of unexpected error on one page of a survey, and how often it came."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="page_errors")
    # The name of the page's address, such as "trial".
    page = models.CharField(max_length=50)
    # The exception's class. Its message is not stored, since it may quote what somebody typed.
    kind = models.CharField(max_length=100)
    # Where in Foresee's own code: file, line and function.
    place = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-last_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "page", "kind", "place"], name="page_error_once_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.kind} at {self.place}"
