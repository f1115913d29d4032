"""What the database knows of stimuli: builds in progress, finished sets, items and their images."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Build(models.Model):
    """One run of the engine from a recipe to a stimulus set."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    recipe_name = models.CharField(max_length=100)
    recipe_toml = models.TextField()
    # Relative paths in the recipe are read from here.
    recipe_folder = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    phase = models.CharField(max_length=20, blank=True)
    phase_done = models.PositiveIntegerField(default=0)
    phase_total = models.PositiveIntegerField(default=0)
    # Progress of the whole build, 0 to 1000.
    permille = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    # Of the training under way.
    images_per_second = models.FloatField(null=True, blank=True)
    seconds_left = models.PositiveIntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    device = models.CharField(max_length=100, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    # Counts claims: a segment may only be written by the holder of the latest claim.
    claim = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    # When the message for the next segment was last sent; it may have been lost since.
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Empty for builds of the command line.
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="builds",
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    stimulus_set = models.ForeignKey(
        "StimulusSet", null=True, blank=True, on_delete=models.PROTECT, related_name="builds"
    )

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.recipe_name} #{self.pk} ({self.status})"

    @property
    def audit_name(self) -> str:
        return f"{self.recipe_name} #{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)


class TrainingPoint(models.Model):
    """One point of a training's curve: the losses, and after a validation its measures."""

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="training_points")
    # "classifier", "decoder" or "autoencoder".
    phase = models.CharField(max_length=20)
    step = models.PositiveIntegerField()
    # Name to number; a value that is not finite is null.
    values = models.JSONField()

    class Meta:
        ordering: ClassVar = ["build", "phase", "step"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["build", "phase", "step"], name="training_point_once_a_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.step}"


class BuildChunk(models.Model):
    """A part of a build's shared phase, done by one worker. Its result is in the build's folder."""

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    # Counts claims, so that one is only taken by whoever saw the chunk free.
    claim = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    # How often a worker was lost over it.
    losses = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["build", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["build", "number"], name="chunk_once_a_build"),
        ]

    def __str__(self) -> str:
        return f"{self.build_id}/{self.number}"


class BuildFile(models.Model):
    """A file of a build's folder in the store that workers share, named there by its content."""

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="files")
    # Relative to the build's folder.
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["build", "path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["build", "path"], name="file_once_a_build"),
        ]

    def __str__(self) -> str:
        return f"{self.build_id}/{self.path}"


class BuildMessage(models.Model):
    """One line of a build's log; build_log.py keeps the newest of each kind."""

    class Kind(models.TextChoices):
        EVENT = "event", "event"
        PROGRESS = "progress", "progress"

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=10, choices=Kind)
    # The phase that the build was in, if it had begun.
    phase = models.CharField(max_length=20, blank=True)
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["build", "-pk"]

    def __str__(self) -> str:
        return self.text


class StimulusSet(models.Model):
    """An immutable set of rendered images, named by the hash of its content."""

    content_sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    manifest = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} {self.content_sha256[:16]}"


class Item(models.Model):
    """One source image with its two answer keys: the model's prediction and the true labels."""

    class Stratum(models.TextChoices):
        MODEL_WRONG = "model_wrong", "model wrong"
        MODEL_RIGHT = "model_right", "model right"

    stimulus_set = models.ForeignKey(StimulusSet, on_delete=models.CASCADE, related_name="items")
    # The item's name in the manifest, such as "item-07" or, for an example, "example-1".
    name = models.CharField(max_length=50)
    # Examples explain a condition in the introduction and are never asked about.
    is_example = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    stratum = models.CharField(max_length=20, choices=Stratum)
    prediction = models.CharField(max_length=100)
    true_labels = models.JSONField()
    # The four classes offered beside "I just can't tell", in the manifest's order.
    options = models.JSONField()

    class Meta:
        ordering: ClassVar = ["stimulus_set", "is_example", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stimulus_set", "name"], name="item_name_once_a_set"),
        ]

    def __str__(self) -> str:
        return self.name


class Stimulus(models.Model):
    """One rendered image of an item: `original`, or what one condition shows beside it."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="stimuli")
    # "original" or the name of a condition.
    kind = models.CharField(max_length=50)
    # The image's name in the `stimuli` storage: its content hash and extension.
    file_name = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "stimuli"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "kind"], name="stimulus_once_an_item"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.kind}"
