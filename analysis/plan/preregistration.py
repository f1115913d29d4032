"""A study's plan as the text of a preregistration, before anybody has taken part.

The questions are those of AsPredicted (aspredicted.org) and of the OSF Preregistration template
(osf.io), in our words; what the protocol does not state is left to the authors, and said so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from analysis.data.labels import condition_in_full, hypothesis, listed, where
from analysis.plan.exclusions import described
from analysis.plan.plan import Plan
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS

OPEN = "[The protocol does not state this; write it here.]"


@dataclass(frozen=True)
class Planned:
    """What a preregistration is written from.

    Attributes
    ----------
    protocol : dict
        The study's protocol, section by section.
    plan : Plan or None
        Its declared tests; None where it declares none.
    n_participants : int
        People who have already taken part, without bots.
    n_items : dict of str to int
        Images of each stratum that a participant is asked about.
    """

    protocol: dict[str, Any]
    plan: Plan | None
    n_participants: int = 0
    n_items: dict[str, int] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Any]:
        """A section of the protocol, or an empty one."""
        found = self.protocol.get(name)
        return found if isinstance(found, dict) else {}


Question = tuple[str, Callable[[Planned], str]]


def preregistration(planned: Planned, form: str) -> str:
    """Return the text of a form in Markdown.

    Parameters
    ----------
    planned : Planned
        The study.
    form : str
        A key of `FORMS`.

    Returns
    -------
    str
        A heading with the study's title and hash, then each question with its answer.
    """
    title, questions = FORMS[form]
    parts = [f"# {_title(planned)}\n\nPreregistration, questions of {title}."]
    parts += [f"## {asked}\n\n{answer(planned)}" for asked, answer in questions]
    return "\n\n".join(parts) + "\n"


def _title(planned: Planned) -> str:
    title = planned.protocol.get("title", "")
    return str(next(iter(title.values())) if isinstance(title, dict) else title)


def _authors(planned: Planned) -> str:
    authors = planned.section("study").get("authors") or []
    return "; ".join(str(author["name"]) for author in authors) or OPEN


def _existing(planned: Planned) -> str:
    n = planned.n_participants
    if not n:
        return "No, no data have been collected for this study yet."
    had = "1 participant had" if n == 1 else f"{n} participants had"
    return f"Yes: {had} begun when this text was written."


def _hypotheses(planned: Planned) -> str:
    if planned.plan is None:
        return OPEN
    rows = [
        f"- {where(test.stratum)}: "
        f"{hypothesis(test.condition_a, test.condition_b, test.alternative)}"
        for test in planned.plan.tests
    ]
    return "\n".join(["Acc is a participant’s accuracy, defined below.", "", *rows])


def _outcome(planned: Planned) -> str:
    items = [f"{n} images {where(stratum)}" for stratum, n in planned.n_items.items() if n]
    shown = f" Each participant is asked about {listed(items)}." if items else ""
    return (
        "Accuracy: the share of trials in which a participant names what the model predicted, by"
        " participant, separately for images on which the model was wrong and right."
        f"{shown} “I just can’t tell” counts as not named."
    )


def _conditions(planned: Planned) -> str:
    names = [str(row["name"]) for row in planned.protocol.get("conditions") or []]
    within = planned.section("within").get("conditions") or []
    design = "within participants" if within else "between participants"
    return f"{len(names)}, {design}: {listed([condition_in_full(name) for name in names])}."


def _assignment(planned: Planned) -> str:
    rule = planned.section("assignment")
    mode = str(rule.get("mode", "round_robin")).replace("_", " ")
    sizes = rule.get("block_sizes") or ()
    blocks = f" of {listed([str(size) for size in sizes])}" if sizes else ""
    return (
        f"By the server, when a participant agrees to take part: {mode}{blocks}. The order of the"
        " images and of the options follows from the protocol’s seed."
    )


def _blinding(planned: Planned) -> str:
    return (
        "Participants see one way of explaining and are not shown the others. The team sees letters"
        " instead of conditions until it unblinds the study, which is logged."
    )


def _analysis(planned: Planned) -> str:
    plan = planned.plan
    if plan is None:
        return OPEN
    paired = any(test.test == "wilcoxon" for test in plan.tests)
    name = "Wilcoxon signed-rank and Mann–Whitney U" if paired else "Mann–Whitney U"
    n = len(plan.tests)
    corrected = (
        f", corrected for {n} tests by {ADJUSTMENT_LABELS[plan.correction]}" if n > 1 else ""
    )
    margin = ""
    if plan.equivalence_margin:
        margin = f" Differences within ±{plan.equivalence_margin:g} count as equivalent (TOST)."
    return (
        f"{name} tests of participants’ accuracies, p-values: {plan.method}{corrected}, at"
        f" α = {plan.alpha:g}, one-sided where a hypothesis has a direction. Effect sizes are"
        " Cliff’s δ with 95 % intervals. Whether a difference applies to images like these is"
        f" estimated by a logistic mixed model with participants and images random.{margin}"
    )


def _exclusions(planned: Planned) -> str:
    if planned.plan is None:
        return OPEN
    rules = "\n".join(f"- {text}" for text in described(planned.plan.exclusions))
    main = "The main analysis has everybody who finished; nobody is excluded."
    return (
        f"{main} A second one leaves out participants who meet a rule:\n\n{rules}"
        if rules
        else main
    )


def _size(planned: Planned) -> str:
    sample = planned.section("sample")
    if not sample.get("size"):
        return OPEN
    counts = "finish" if sample.get("counts") != "passed" else "finish and pass the checks"
    return f"{sample['size']} participants who {counts}. {sample.get('justification') or OPEN}"


def _stopping(planned: Planned) -> str:
    stopping = planned.section("stopping")
    last = f" Last day to begin: {stopping['last_day']}." if stopping.get("last_day") else ""
    return f"{stopping.get('rule') or OPEN}{last}"


def _missing(planned: Planned) -> str:
    return (
        "Participants who do not finish are not analysed; whether dropout differs between"
        " conditions is tested. A trial without an answer has no score."
    )


def _exploratory(planned: Planned) -> str:
    tests = planned.plan.exploratory if planned.plan else ()
    rows = [f"{where(t.stratum)}: {hypothesis(t.condition_a, t.condition_b, t.alternative)}"
            for t in tests]  # fmt: skip
    return listed(rows) + "." if rows else "Everything that is not named above."


def _anything_else(planned: Planned) -> str:
    about = planned.section("study")
    ethics = about.get("ethics")
    return f"Ethics: {ethics}" if ethics else OPEN


FORMS: dict[str, tuple[str, tuple[Question, ...]]] = {
    "aspredicted": (
        "AsPredicted",
        (
            ("1. Have data been collected already?", _existing),
            ("2. The hypotheses", _hypotheses),
            ("3. The outcome and how it is measured", _outcome),
            ("4. Conditions", lambda planned: f"{_conditions(planned)} {_assignment(planned)}"),
            ("5. The analyses", _analysis),
            ("6. Outliers and exclusions", _exclusions),
            ("7. Sample size", lambda planned: f"{_size(planned)} {_stopping(planned)}"),
            ("8. Anything else", _anything_else),
            ("9. Authors", _authors),
        ),
    ),
    "osf": (
        "the OSF Preregistration",
        (
            ("Contributors", _authors),
            ("Hypotheses", _hypotheses),
            ("Study type", lambda _: "Experiment: participants are assigned by the server."),
            ("Blinding", _blinding),
            ("Study design", _conditions),
            ("Randomisation", _assignment),
            ("Existing data", _existing),
            ("Sample size and its rationale", _size),
            ("Stopping rule", _stopping),
            ("Manipulated variables", _conditions),
            ("Measured variables", _outcome),
            ("Statistical models and inference", _analysis),
            ("Data exclusion", _exclusions),
            ("Missing data", _missing),
            ("Exploratory analyses", _exploratory),
            ("Other", _anything_else),
        ),
    ),
}
