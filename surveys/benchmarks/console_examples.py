"""An example of everything that varies in an address of the console."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from pv_engine.models import Build
from surveys.models import BotRun, Invitation, Job, Role, Survey
from surveys.studies.team.invitations import invite
from surveys.studies.team.review_links import DAYS, make_link


def console_examples(survey: Survey, person: User) -> Mapping[str, object]:
    """Parameter -> example, for one study, the build behind it and somebody with an account.

    Makes an invitation and a link for reviewers, whose addresses are shown only to their maker.
    """
    build = Build.objects.order_by("pk").first()
    secret = invite(survey, Role.VIEWER, person)
    invitation = Invitation.objects.filter(survey=survey).latest("pk")
    review_secret = make_link(survey, "The editor", DAYS[0], person)
    run = BotRun.objects.filter(survey=survey).first()
    participant = survey.participants.exclude(number=None).order_by("number").first()
    job = Job.objects.filter(survey=survey).order_by("pk").first()
    return {
        "slug": survey.slug,
        "content_sha256": survey.stimulus_set.content_sha256,
        "build_id": build.pk if build else 0,
        "builds:sample.phase": "decoder",
        "builds:sample.step": 1,
        "condition": survey.stimulus_set.manifest["conditions"][0],
        "stratum": "model_wrong",
        "item_name": survey.stimulus_set.items.values_list("name", flat=True)[0],
        "user_id": person.pk,
        "uidb64": urlsafe_base64_encode(force_bytes(person.pk)),
        "token": default_token_generator.make_token(person),
        "secret": secret,
        "invitation_id": invitation.pk,
        "review_secret": review_secret,
        "link_id": survey.review_links.latest("pk").pk,
        # Of a version of the protocol, and of a page of a preview.
        "number": 1,
        # Of a state in which the protocol was saved.
        "revision_number": 1,
        "position": 1,
        "participant_id": participant.pk if participant else 0,
        "run_id": run.pk if run else 0,
        "job_id": job.pk if job else 0,
    }
