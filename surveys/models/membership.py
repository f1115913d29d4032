"""A study's team, and the invitations to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from surveys.models.study import Survey


class Role(models.TextChoices):
    """From the least to the most powerful; each includes the rights of those before it."""

    VIEWER = "viewer", "Viewer"
    EDITOR = "editor", "Editor"
    OWNER = "owner", "Owner"

    def includes(self, other: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class Membership(models.Model):
    """The one role that a researcher has in a study."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["survey", "user__username"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "user"], name="one_role_a_survey"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.survey_id}"


class Invitation(models.Model):
    """A link that gives a role to the first person who accepts. Only the link's hash is stored."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role)
    # SHA-256 of the secret in the link.
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.role} of {self.survey_id}"
