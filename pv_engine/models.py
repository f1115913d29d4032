"""Tables for builds, stimulus sets, items and their images."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from pv_engine.errors import EngineError
from study.runs.models import Lease, Run

# Far longer than a segment takes.
LEASE = timedelta(seconds=settings.BUILD_LEASE_SECONDS)


class Build(Run):
    """One run of the engine from a recipe to a stimulus set."""

    lease = LEASE
    task = "pv_engine.tasks.advance_build"
    advice = "Resume continues from the last checkpoint."
    known_errors = (EngineError,)
    folder_setting = "BUILDS_DIR"

    recipe_name = models.CharField(max_length=100)
    recipe_toml = models.TextField()
    # Relative paths in the recipe are read from here.
    recipe_folder = models.CharField(max_length=500)
    phase = models.CharField(max_length=20, blank=True)
    phase_done = models.PositiveIntegerField(default=0)
    phase_total = models.PositiveIntegerField(default=0)
    # Of the current training.
    images_per_second = models.FloatField(null=True, blank=True)
    seconds_left = models.PositiveIntegerField(null=True, blank=True)
    device = models.CharField(max_length=100, blank=True)
    # Empty for builds of the command line.
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="builds",
    )
    stimulus_set = models.ForeignKey(
        "StimulusSet", null=True, blank=True, on_delete=models.PROTECT, related_name="builds"
    )

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.recipe_name} #{self.pk} ({self.status})"

    @property
    def failed_by_recipe(self) -> bool:
        """Whether it failed by what the recipe names, and not by the worker or its machine."""
        return self.status == self.Status.FAILED and not self.error.endswith(self.advice)

    @property
    def audit_name(self) -> str:
        return f"{self.recipe_name} #{self.pk}"

    def note(self, text: str) -> None:
        BuildMessage.add(self, BuildMessage.Kind.EVENT, text)


class TrainingPoint(models.Model):
    """One point of a training's curve: the losses and, after a validation, its measures."""

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="training_points")
    # "classifier", "decoder" or "autoencoder".
    phase = models.CharField(max_length=20)
    step = models.PositiveIntegerField()
    # Values by name; null if not finite.
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


class BuildChunk(Lease):
    """A part of a build's shared phase, for one worker. Its result is in the build's folder."""

    lease = LEASE

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    # How often a worker was lost during this chunk.
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
    """A file of a build's folder in the shared store, named there by its content's hash."""

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
    """One line of a build's log; the newest of each kind are kept."""

    KEPT: ClassVar = 100

    class Kind(models.TextChoices):
        EVENT = "event", "event"
        PROGRESS = "progress", "progress"

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=10, choices=Kind)
    # The phase of the build at that time; empty before the first one.
    phase = models.CharField(max_length=20, blank=True)
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["build", "-pk"]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def add(cls, build: Build, kind: str, text: str) -> None:
        cls.objects.create(build=build, kind=kind, phase=build.phase, text=text)
        of_kind = cls.objects.filter(build=build, kind=kind).order_by("-pk")
        oldest_kept = of_kind.values_list("pk", flat=True)[cls.KEPT - 1 : cls.KEPT].first()
        if oldest_kept is not None:
            cls.objects.filter(build=build, kind=kind, pk__lt=oldest_kept).delete()


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
    # Examples explain a condition in the introduction and are never questions.
    is_example = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    stratum = models.CharField(max_length=20, choices=Stratum)
    prediction = models.CharField(max_length=100)
    true_labels = models.JSONField()
    # The four classes beside "I just can't tell", in the manifest's order.
    options = models.JSONField()
    # The right option where that is not the prediction, as in "Is the model right?".
    answer = models.CharField(max_length=100, blank=True, default="", db_default="")
    # Texts about the item by their names, which a protocol may show.
    texts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["stimulus_set", "is_example", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stimulus_set", "name"], name="item_name_once_a_set"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """The option that counts as right."""
        return self.answer or self.prediction


class Stimulus(models.Model):
    """An item's image of one kind: `original`, or what one condition shows beside it."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="stimuli")
    # "original" or the name of a condition.
    kind = models.CharField(max_length=50)
    # The image's name in the `stimuli` storage: its content hash and extension.
    file_name = models.CharField(max_length=100)
    # Names of the further images of this kind, where there are several, in their order.
    further_files = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "stimuli"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "kind"], name="stimulus_once_an_item"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.kind}"

    @property
    def file_names(self) -> list[str]:
        return [self.file_name, *self.further_files]


def file_names_of(stimuli: models.QuerySet[Stimulus]) -> list[str]:
    """Return the name of each image of these, once."""
    rows = stimuli.values_list("file_name", "further_files")
    return sorted({name for first, further in rows for name in (first, *further)})


class BlindReading(models.Model):
    """The guesses of one team member on one page of a blind reading."""

    stimulus_set = models.ForeignKey(
        StimulusSet, on_delete=models.CASCADE, related_name="blind_readings"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="blind_readings",
    )
    condition = models.CharField(max_length=50)
    stratum = models.CharField(max_length=20, choices=Item.Stratum)
    # Item name to the option chosen; empty where the reader could not tell.
    guesses = models.JSONField()
    n = models.PositiveIntegerField()
    named_prediction = models.PositiveIntegerField()
    named_truth = models.PositiveIntegerField()
    # The share of predictions named by guessing among the options.
    chance = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["stimulus_set", "condition", "stratum", "pk"]

    def __str__(self) -> str:
        return f"{self.condition}: {self.named_prediction} of {self.n}"
