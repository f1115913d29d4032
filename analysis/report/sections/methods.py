"""A methods paragraph, ready to paste."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.data.designs import Design
from analysis.data.ids import is_one_of
from analysis.data.labels import condition_in_full, condition_label, hypothesis, listed, where
from analysis.data.published import CITATION, are_published
from analysis.data.schema import ALL, ASKED_STRATA, Row
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.plan.plan import Plan
from analysis.report.numbers import count, participants
from analysis.report.section import Section
from analysis.report.sections.about import stated
from analysis.report.sections.checklists import assignment_rule
from analysis.report.sections.differences.guessing import offered
from analysis.report.versions import library_versions
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS


def methods_section(
    study: StudyData, plan: Plan, accuracy: pd.DataFrame, numbers: Mapping[str, Any]
) -> Section:
    """What was done, in words for a paper. `numbers` are those of the other sections."""
    paragraph = methods_paragraph(study, plan, accuracy, numbers)
    return Section(title="Methods, ready to paste", paragraphs=[paragraph])


def methods_paragraph(
    study: StudyData, plan: Plan, accuracy: pd.DataFrame, numbers: Mapping[str, Any]
) -> str:
    """The analysis in one paragraph."""
    conditions = conditions_of(study.scores)
    groups = "; ".join(_group(study, name) for name in conditions)
    design = _design(study) if len(conditions) > 1 else "one condition"
    versions = library_versions()
    source = _source(plan, are_published(accuracy))
    made = [row for row in numbers.get("tests", []) if row["family"] == "declared"]
    return (
        f"{participants(study.n_participants, study.n_simulated)} guessed a classifier’s"
        f" predictions in {design} ({groups}).{_assigned(study)}{_orders(study)} {_asked(study)}"
        " Each participant’s accuracy (Acc), the share of the model’s predictions that they named,"
        " was computed separately for images on which the model was wrong and right; we report"
        " means over participants with standard errors and 95 % intervals (Wilson’s, on the"
        " effective sample size)."
        f" {_tests(plan, study.design, source, made) if plan.tests else _chance(study)}"
        f"{_further(study, plan)}{_generalised(study, numbers)}"
        f"{_left_out(study, plan, numbers)}{_stated(study)}"
        f" Computed with Foresee on Python {versions['python']}, SciPy {versions['scipy']},"
        f" statsmodels {versions['statsmodels']} and pandas {versions['pandas']}."
    )


def _assigned(study: StudyData) -> str:
    """How conditions were assigned; nothing where no protocol says so, or there is one."""
    if not study.protocol or len(study.conditions) < 2:
        return ""
    return f" The software assigned participants {assignment_rule(study.protocol)}."


def _generalised(study: StudyData, numbers: Mapping[str, Any]) -> str:
    """The analyses for other images, without a model that could not be fitted."""
    if study.trials is None or len(conditions_of(study.scores)) < 2:
        return ""
    model, *others = _GENERALISED_WITHIN if study.design.shared else _GENERALISED
    done = [model, *others] if numbers.get("mixed_model", {}).get("fitted") else others
    return f" To generalise over participants and images, we {listed(done)}."


def _further(study: StudyData, plan: Plan) -> str:
    """What compares conditions besides the plan's tests, of different participants."""
    n = len(conditions_of(study.scores))
    if study.design.shared or n < 2:
        return ""
    parts = ["Differences of means have Welch’s 95 % intervals."]
    if n > 2:
        parts.append(
            "All conditions together were compared by Kruskal–Wallis tests, and pairs by Dunn’s"
            " tests, with Holm’s method for the pairs of a stratum (exploratory)."
        )
    if plan.equivalence_margin is not None:
        parts.append(
            f"Equivalence within {100 * plan.equivalence_margin:g} percentage points was tested by"
            " two one-sided Welch tests, not corrected for their number."
        )
    return "".join(f" {part}" for part in parts)


def _left_out(study: StudyData, plan: Plan, numbers: Mapping[str, Any]) -> str:
    """Who was not analysed, with numbers; nothing where only scores are known."""
    if study.participants is None:
        return ""
    arrived, analysed = len(study.participants), study.n_participants
    everybody = "The only participant" if arrived == 1 else f"All {count(arrived)} participants"
    lost = (
        f" {count(arrived - analysed)} of the {count(arrived)} participants who arrived did not"
        f" finish and {'was' if arrived - analysed == 1 else 'were'} not analysed"
        if arrived > analysed
        else f" {everybody} who arrived finished"
    )
    return (
        f" “I just can’t tell” counted as wrong.{lost}; no others were excluded."
        f"{_attrition(numbers['attrition'])}{_excluded(plan, numbers)}"
    )


def _attrition(found: Mapping[str, Any]) -> str:
    if not math.isfinite(found["p_finished"]):
        return ""
    over_trials = " and the log-rank test over trials" * math.isfinite(found["p_log_rank"])
    return f" Differential attrition was tested by the {found['method']}{over_trials}."


def _excluded(plan: Plan, numbers: Mapping[str, Any]) -> str:
    if not (plan.tests and plan.exclusions.rules):
        return ""
    if not numbers["n_excluded"]:
        return " No participant met an exclusion rule."
    again = "; the tests were repeated without them" * ("tests_without_excluded" in numbers)
    n = numbers["n_excluded"]
    return f" {count(n)} of those analysed met an exclusion rule{again}."


def _group(study: StudyData, condition: str) -> str:
    """A condition with its number of participants; in mixed data, also of simulated ones."""
    of_all = (study.scores["stratum"] == ALL) & (study.scores["condition"] == condition)
    simulated = study.simulated_by_condition.get(condition, 0)
    mixed = 0 < study.n_simulated < study.n_participants
    bots = f", of whom {count(simulated)} simulated" if mixed else ""
    return f"{condition_in_full(condition)}, n = {count(of_all.sum())}{bots}"


def _design(study: StudyData) -> str:
    if not study.design.shared:
        return "a between-subjects design"
    return "a mixed design" if study.design.own else "a within-subjects design"


def _orders(study: StudyData) -> str:
    """The orders of a study in which everybody sees the same conditions, with their sizes."""
    if study.participants is None or not study.design.shared or study.design.own:
        return ""
    people = study.participants
    own = people.loc[is_one_of(people["participant_id"], study.analysed), "condition"]
    sizes = own.astype(str).value_counts().sort_index()
    if len(sizes) < 2:
        return ""
    orders = [f"{condition_label(str(name))} (n = {count(n)})" for name, n in sizes.items()]
    return (
        f" Participants saw the conditions in one of {count(len(orders))} orders: {listed(orders)}."
    )


def _source(plan: Plan, is_published: bool) -> str:
    if plan.is_declared:
        return f"The tests come from {plan.origin}."
    return _REPEATED if is_published else _NOT_DECLARED


def _tests(plan: Plan, design: Design, source: str, made: list[Row]) -> str:
    tests = "; ".join(
        f"{where(test.stratum)}, H₁: "
        f"{hypothesis(test.condition_a, test.condition_b, test.alternative)}"
        for test in plan.tests
    )
    correction = _correction(plan, len(plan.tests))
    if design.shared:
        how, effects = (_PAIRED, _EFFECTS) if design.own else (_ALL_PAIRED, _PAIRED_EFFECTS)
        return f"Conditions were compared by {how} ({tests}), {correction}. {source} {effects}"
    return (
        f"Conditions were compared by Mann–Whitney U tests ({tests}), {_p_values(plan, made)},"
        f" {correction}. {source} Effect sizes are Cliff’s δ with the"
        " 95 % interval of Feng and Cliff (2004)."
    )


def _chance(study: StudyData) -> str:
    return (
        f"Accuracies were compared with guessing among {offered(study)} by two-sided t tests over"
        " participants."
    )


def _asked(study: StudyData) -> str:
    """The number of images of each kind that a participant was asked about."""
    parts = []
    for stratum in ASKED_STRATA:
        sizes = study.scores.loc[study.scores["stratum"] == stratum, "n_trials"]
        if len(sizes):
            ends = sorted({int(sizes.min()), int(sizes.max())})
            parts.append(f"{' to '.join(map(count, ends))} images {where(stratum)}")
    each = " in each condition that they saw" if study.design.shared else ""
    return f"Each was asked about {listed(parts)}{each}."


def _stated(study: StudyData) -> str:
    """What the protocol states of approval, registration and money; nothing where it does not."""
    facts = dict(stated(study))
    return "".join(
        f" {words}: {facts[name].rstrip('.')}." for name, words in _FACTS.items() if facts[name]
    )


def _correction(plan: Plan, n: int) -> str:
    if n == 1:
        return f"at α = {plan.alpha:g}"
    label = ADJUSTMENT_LABELS[plan.correction]
    return f"{label}-corrected for {count(n)} tests at α = {plan.alpha:g}"


def _p_values(plan: Plan, made: list[Row]) -> str:
    """How p was found; with the automatic choice, what it came to in these tests."""
    corrections = "ties and continuity" if plan.continuity else "ties"
    normal = f"by the normal approximation with corrections for {corrections}"
    are_normal = {"normal approximation" in row["method"] for row in made}
    exact = "exact for untied samples of fewer than 50"
    return {
        "auto": {frozenset({True}): normal, frozenset({False}): exact}.get(
            frozenset(are_normal), f"{exact} and otherwise {normal}"
        ),
        "exact": "exact by permutation of the midranks",
        "mid-p": "mid-p by permutation of the midranks",
        "asymptotic": normal,
    }[plan.method]


_PAIRED = (
    "Wilcoxon signed-rank tests where the same participants saw both, exact up to 50 differences,"
    " and otherwise by Mann–Whitney U tests"
)
_ALL_PAIRED = "Wilcoxon signed-rank tests, exact up to 50 differences"
_PAIRED_EFFECTS = (
    "Effect sizes are matched-pairs rank-biserial correlations with intervals by Fisher’s z and"
    " mean differences with bootstrap intervals over participants."
)
_EFFECTS = f"{_PAIRED_EFFECTS.removesuffix('.')}; of different participants, Cliff’s δ."
# Facts of the protocol that a methods section names.
_FACTS = {
    "Ethics": "Ethics approval",
    "Registration": "Registration",
    "Pay": "Pay of participants",
    "Funding": "Funding",
    "Conflicts of interest": "Conflicts of interest",
}
_NOT_DECLARED = "No plan was declared; the tests are Foresee’s defaults."
_REPEATED = (
    f"The tests are those of the published study, whose scores these are ({CITATION}), repeated."
)
_GENERALISED = (
    "fitted a logistic mixed model of single answers (condition by stratum; random effects of"
    " participants, with correlated abilities in the strata, of images, and of images by"
    " condition; Laplace’s approximation, Satterthwaite’s degrees of freedom)",
    "resampled both (10\u202f000 two-way bootstrap resamples)",
    "fitted logistic GEE models with participants as clusters (robust score tests; intervals with"
    " CR2 errors and Satterthwaite’s degrees of freedom)",
)
_GENERALISED_WITHIN = (
    "fitted a logistic mixed model of single answers (condition by stratum; random effects of"
    " participants and of participants by condition, correlated between the strata, of images, and"
    " of images by condition; Laplace’s approximation, Satterthwaite’s degrees of freedom)",
    "resampled participants with their answers in both conditions and images (10\u202f000 two-way"
    " bootstrap resamples)",
)
