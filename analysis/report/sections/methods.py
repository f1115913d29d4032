"""A methods paragraph, ready to paste."""

from analysis.data.designs import Design
from analysis.data.ids import is_one_of
from analysis.data.labels import condition_in_full, condition_label, hypothesis, listed, where
from analysis.data.schema import ALL, ASKED_STRATA
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.plan.plan import Plan
from analysis.report.numbers import count, participants
from analysis.report.section import Section
from analysis.report.sections.about import stated
from analysis.report.sections.differences.guessing import offered
from analysis.report.versions import library_versions
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS


def methods_section(study: StudyData, plan: Plan) -> Section:
    """What was done, in words for a paper."""
    return Section(title="Methods, ready to paste", paragraphs=[methods_paragraph(study, plan)])


def methods_paragraph(study: StudyData, plan: Plan) -> str:
    """The analysis in one paragraph."""
    conditions = conditions_of(study.scores)
    groups = "; ".join(_group(study, name) for name in conditions)
    design = _design(study) if len(conditions) > 1 else "one condition"
    versions = library_versions()
    trials = _TRIALS if study.trials is not None else ""
    generalised = ""
    if trials and len(conditions) > 1:
        generalised = _GENERALISED_WITHIN if study.design.shared else _GENERALISED
    return (
        f"{participants(study.n_participants, study.n_simulated)} guessed a classifier’s"
        f" predictions in {design} ({groups}).{_orders(study)} {_asked(study)} Each participant’s"
        " accuracy (Acc), the share of the model’s predictions that they named, was computed"
        " separately for images on which the model was wrong and right; we report means over"
        " participants with standard errors and 95 % intervals (Wilson’s, on the effective sample"
        " size)."
        f" {_tests(plan, study.design) if plan.tests else _chance(study)}{generalised}{trials}"
        f"{_stated(study)}"
        f" Computed with Foresee on Python {versions['python']}, SciPy {versions['scipy']},"
        f" statsmodels {versions['statsmodels']} and pandas {versions['pandas']}."
    )


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


def _tests(plan: Plan, design: Design) -> str:
    tests = "; ".join(
        f"{where(test.stratum)}, H₁: "
        f"{hypothesis(test.condition_a, test.condition_b, test.alternative)}"
        for test in plan.tests
    )
    source = f"The tests come from {plan.origin}." if plan.is_declared else _NOT_DECLARED
    correction = _correction(plan, len(plan.tests))
    if design.shared:
        how, effects = (_PAIRED, _EFFECTS) if design.own else (_ALL_PAIRED, _PAIRED_EFFECTS)
        return f"Conditions were compared by {how} ({tests}), {correction}. {source} {effects}"
    return (
        f"Conditions were compared by Mann–Whitney U tests ({tests}), {_p_values(plan)},"
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


def _p_values(plan: Plan) -> str:
    corrections = "ties and continuity" if plan.continuity else "ties"
    normal = f"by the normal approximation with corrections for {corrections}"
    return {
        "auto": f"exact for untied samples of fewer than 50 and otherwise {normal}",
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
_GENERALISED = (
    " To generalise over participants and images, we fitted a logistic mixed model of single"
    " answers (condition by stratum; random effects of participants, with correlated abilities in"
    " the strata, of images, and of images by condition; Laplace’s approximation, Satterthwaite’s"
    " degrees of freedom), resampled both"
    " (10\u202f000 two-way bootstrap resamples), and fitted logistic GEE models with participants"
    " as clusters (robust score tests; intervals with CR2 errors and Satterthwaite’s degrees of"
    " freedom). Differential attrition was tested by the N − 1 χ² test and the log-rank test over"
    " trials."
)
_GENERALISED_WITHIN = (
    " To generalise over participants and images, we fitted a logistic mixed model of single"
    " answers (condition by stratum; random effects of participants and of participants by"
    " condition, correlated between the strata, of images, and of images by condition; Laplace’s"
    " approximation, Satterthwaite’s degrees of freedom), and resampled participants with their"
    " answers in both conditions and images (10\u202f000 two-way bootstrap resamples)."
)
_TRIALS = (
    " “I just can’t tell” counted as wrong. Participants who did not finish were not analysed; no"
    " others were excluded."
)
