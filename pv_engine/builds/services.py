"""Starts, cancels, resumes and repeats builds, and decides who may do so.

study/runs explains how builds run, like all long jobs of workers.
"""

from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from accounts.audit.record import COMMAND_LINE, Action, Actor, record
from pv_engine.builds import sharing
from pv_engine.errors import RecipeError
from pv_engine.models import Build
from pv_engine.recipe.reading import Recipe, parse_recipe
from study.runs.messages import send
from study.runs.segments import end, resume


@transaction.atomic
def start_build(recipe: Recipe, actor: Actor = COMMAND_LINE, again: Build | None = None) -> Build:
    """Queue a build of the recipe; `again` is the earlier build whose recipe it repeats, if any."""
    longest = Build._meta.get_field("recipe_name").max_length or 0
    if len(recipe.name) > longest:
        raise RecipeError(f"name must have at most {longest} characters, but is longer.")
    build = Build.objects.create(
        recipe_name=recipe.name,
        recipe_toml=recipe.text,
        recipe_folder=str(recipe.folder),
        started_by=actor if isinstance(actor, User) else None,
    )
    send(build)
    build.note(f"Started by {actor}{f', repeating {again.audit_name}' if again else ''}.")
    details = {"again": again.audit_name} if again else {}
    record(actor, Action.BUILD_STARTED, build, recipe_sha256=recipe.sha256, **details)
    return build


def start_again(build: Build, actor: Actor = COMMAND_LINE) -> Build:
    """Queue a new build of the same recipe; RecipeError if the recipe is no longer valid."""
    name, folder = f"{build.recipe_name}.toml", Path(build.recipe_folder)
    return start_build(parse_recipe(build.recipe_toml, name, folder), actor, again=build)


def may_steer(user: User, build: Build) -> bool:
    """Return whether the user may cancel and resume the build.

    Only its starter and administrators may; builds from the command line are open to all.
    """
    return user.is_superuser or build.started_by_id in (None, user.pk)


@transaction.atomic
def cancel_build(build_id: int, actor: Actor = COMMAND_LINE) -> bool:
    """Stop the build after its current segment; False if it has ended already."""
    if not end(Build.objects.filter(pk=build_id), Build.Status.CANCELLED):
        return False
    build = Build.objects.get(pk=build_id)
    build.note(f"Cancelled by {actor}.")
    record(actor, Action.BUILD_CANCELLED, build)
    return True


@transaction.atomic
def resume_build(build_id: int, actor: Actor = COMMAND_LINE) -> bool:
    """Continue a failed, cancelled or lost build from its last checkpoint; False for any other."""
    build = Build.objects.get(pk=build_id)
    if not resume(build):
        return False
    sharing.forget_losses(build_id)
    build.note(f"Resumed by {actor}.")
    record(actor, Action.BUILD_RESUMED, build)
    return True
