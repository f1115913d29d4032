"""Keeps researchers blind until a named person ends it, once the survey is closed.

While a study is blind, the console calls its conditions A, B, ... and shows nothing that compares
them but counts. Pictures show their condition, so they never stand beside a letter.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from accounts.audit.record import Action, record
from pv_engine.recipe.conditions import title_of
from surveys.errors import BlindingError
from surveys.models import Survey, Unblinding
from surveys.protocol.design.groups import shown_conditions
from surveys.protocol.schema import NO_EXPLANATION
from surveys.randomisation.seeds import blind_letters, seeded_order

NO_PICTURE = "No picture"


def condition_labels(survey: Survey) -> dict[str, str]:
    """Name of a group -> what the console calls it: its letter, and its title once unblinded."""
    names = [arm.name for arm in survey.protocol.groups]
    letters = blind_letters(names, survey.blinding_seed)
    ordered = sorted(names, key=letters.__getitem__)
    return {name: _label(name, letters[name], survey.is_blind) for name in ordered}


def _label(name: str, letter: str, is_blind: bool) -> str:
    return letter if is_blind else f"{title_of(name)} ({letter})"


def picture_labels(survey: Survey) -> dict[str, str]:
    """Condition name -> what the console calls its pictures where it shows them.

    Numbers while the study is blind, in an order that has nothing to do with the letters: a letter
    beside a picture would show at a glance which condition it stands for.
    """
    names = list(shown_conditions(survey.protocol))
    if not survey.is_blind:
        letters = condition_labels(survey)
        return {name: letters.get(name, title_of(name)) for name in names}
    order = seeded_order(names, survey.blinding_seed, "pictures")
    shown = [name for name in order if name != NO_EXPLANATION]
    labels = {name: f"Picture {number}" for number, name in enumerate(shown, start=1)}
    # A team member who opens its preview sees that there is none.
    return labels | ({NO_EXPLANATION: NO_PICTURE} if NO_EXPLANATION in names else {})


def group_labels(survey: Survey) -> dict[str, str]:
    """Name of a group -> what the console calls it where it shows what its participants see.

    A group that is an order of conditions has a number, in an order that has nothing to do with the
    letters.
    """
    names = [arm.name for arm in survey.protocol.groups]
    pictures = picture_labels(survey)
    if not survey.is_blind or not survey.protocol.within.conditions:
        labels = condition_labels(survey)
        return {name: pictures.get(name, labels[name]) for name in names}
    order = seeded_order(names, survey.blinding_seed, "sequences")
    return {name: f"Sequence {number}" for number, name in enumerate(order, start=1)}


def require_unblinded(survey: Survey, what: str) -> None:
    """BlindingError while the study is blind. `what` begins the sentence: "The export"."""
    if survey.is_blind:
        raise BlindingError(
            f"{what} would show which condition is which, and {survey.slug!r} is still blind; "
            "close the study and unblind it first."
        )


def unblind(survey: Survey, person: User, typed_slug: str) -> Unblinding:
    """End the blinding for good. BlindingError when the survey is not closed or the slug is wrong.

    The survey's row is claimed by a conditional update, so that it can be neither opened again nor
    unblinded twice at the same moment.
    """
    if typed_slug.strip() != survey.slug:
        raise BlindingError(f"Type {survey.slug} to unblind this study.")
    now = timezone.now()
    with transaction.atomic():
        closed = Survey.objects.filter(pk=survey.pk, status=Survey.Status.CLOSED, unblinded_at=None)
        if not closed.update(unblinded_at=now):
            raise BlindingError(_why_not(survey))
        done = Unblinding(
            survey=survey, by=person, by_name=person.get_full_name() or person.username, at=now
        )
        done.save(force_insert=True)
        record(person, Action.SURVEY_UNBLINDED, survey)
    survey.refresh_from_db()
    return done


def _why_not(survey: Survey) -> str:
    survey.refresh_from_db()
    if not survey.is_blind:
        return f"{survey.slug!r} is already unblinded."
    return f"{survey.slug!r} is {survey.status}; close it first, then unblind it."
