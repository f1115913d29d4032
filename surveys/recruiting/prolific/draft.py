"""What Prolific is sent for a new study, and the form that asks for it."""

from decimal import Decimal
from typing import Any

from django import forms

from surveys.participation.leaving.outcomes import Outcome, completion_code
from surveys.protocol.schema import Protocol

REVIEW, APPROVE = "MANUALLY_REVIEW", "AUTOMATICALLY_APPROVE"
# Why a submission is asked back, as Prolific shows it to the participant.
RETURNED_BECAUSE = {
    Outcome.NO_CONSENT: "You chose not to take part.",
    Outcome.FULL: "All places of the study were taken when you came.",
    Outcome.CLOSED: "The study was closed when you came.",
}
# Prolific's names for the ways in which a visit can end; the others are "OTHER".
CODE_TYPES = {
    Outcome.COMPLETE: "COMPLETED",
    Outcome.FAILED_CHECKS: "FAILED_ATTENTION_CHECK",
    Outcome.NO_CONSENT: "NO_CONSENT",
}


class DraftForm(forms.Form):
    """What a draft on Prolific needs beside the protocol."""

    title = forms.CharField(
        label="Title", max_length=200, help_text="As people on Prolific see it."
    )
    description = forms.CharField(
        label="Description",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What participants do, on which device, and what they are paid for.",
    )
    places = forms.IntegerField(label="Places", min_value=1, max_value=100_000)
    minutes = forms.IntegerField(
        label="Estimated time in minutes", min_value=1, max_value=600,
        help_text="Take part in a rehearsal yourself.",
    )  # fmt: skip
    reward = forms.DecimalField(
        label="Reward", min_value=Decimal("0.01"), max_value=1000, decimal_places=2,
        help_text="For each participant, such as 1.50, in the currency of your workspace.",
    )  # fmt: skip
    finished = forms.ChoiceField(
        label="Complete submissions",
        choices={REVIEW: "wait for your review", APPROVE: "are approved by themselves"},
    )


def first_values(title: str, protocol: Protocol, n_wanted: int) -> dict[str, Any]:
    """Return what the form shows before anybody has filled it in."""
    return {"title": title, "places": protocol.assignment.places or n_wanted or None}


def study_to_send(
    slug: str, address: str, protocol: Protocol, asked: dict[str, Any]
) -> dict[str, Any]:
    """Return the body of the request that creates the draft; `asked` is the cleaned form.

    Reward in pence or cents, time in minutes, as Prolific wants them.
    """
    refused = protocol.device.phones == "refuse"
    return {
        "name": asked["title"],
        "internal_name": slug,
        "description": asked["description"],
        "external_study_url": address,
        "prolific_id_option": "url_parameters",
        "completion_codes": _codes(protocol, asked["finished"]),
        "total_available_places": asked["places"],
        "estimated_completion_time": asked["minutes"],
        "reward": int(asked["reward"] * 100),
        "device_compatibility": ["desktop", "tablet", *([] if refused else ["mobile"])],
        "peripheral_requirements": [],
        "filters": [],
    }


def _codes(protocol: Protocol, finished: str) -> list[dict[str, Any]]:
    """The protocol's completion codes, each with what Prolific does when it is entered."""
    codes = {outcome: completion_code(protocol, outcome) for outcome in Outcome}
    return [
        {
            "code": code,
            "code_type": CODE_TYPES.get(outcome, "OTHER"),
            "actions": [_action(outcome, finished)],
        }
        for outcome, code in codes.items()
        if code
    ]


def _action(outcome: Outcome, finished: str) -> dict[str, str]:
    if outcome in RETURNED_BECAUSE:
        return {"action": "REQUEST_RETURN", "return_reason": RETURNED_BECAUSE[outcome]}
    return {"action": finished if outcome is Outcome.COMPLETE else REVIEW}
