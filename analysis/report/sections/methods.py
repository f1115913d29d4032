"""A methods paragraph, ready to paste."""

from analysis.data.labels import condition_in_full, hypothesis, listed, where
from analysis.data.schema import ASKED_STRATA
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.plan.plan import Plan
from analysis.report.numbers import count
from analysis.report.section import Section
from analysis.report.versions import library_versions
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS


def methods_section(study: StudyData, plan: Plan) -> Section:
    """What was done, in words that a paper can use."""
    return Section(title="Methods, ready to paste", paragraphs=[methods_paragraph(study, plan)])


def methods_paragraph(study: StudyData, plan: Plan) -> str:
    """The analysis in one paragraph."""
    conditions = conditions_of(study.scores)
    people = study.scores[study.scores["stratum"] == "all"]["condition"].value_counts()
    groups = "; ".join(
        f"{condition_in_full(name)}, n = {count(people[name])}" for name in conditions
    )
    kind = "simulated participants" if study.n_simulated else "participants"
    tests = "; ".join(
        f"{where(test.stratum)}, H₁: "
        f"{hypothesis(test.condition_a, test.condition_b, test.alternative)}"
        for test in plan.declared
    )
    n = len(plan.declared)
    versions = library_versions()
    trials = _TRIALS if study.trials is not None else ""
    return (
        f"{count(study.n_participants)} {kind} guessed a classifier’s predictions in a"
        f" between-subjects design ({groups}). {_asked(study)} Each participant’s accuracy (Acc),"
        " the share of the model’s predictions that they named, was computed separately for images"
        " on which the model was wrong and right; we report means over participants with standard"
        " errors and 95 % t intervals. Conditions were compared by Mann–Whitney U tests"
        f" ({tests}), {_p_values(plan)}, {_correction(plan, n)}. The tests come from {plan.origin}."
        " Effect sizes are Cliff’s δ with the 95 % interval of Feng and Cliff (2004)."
        f"{trials} Computed with Foresee on Python {versions['python']}, SciPy {versions['scipy']},"
        f" statsmodels {versions['statsmodels']} and pandas {versions['pandas']}."
    )


def _asked(study: StudyData) -> str:
    """How many images of each kind a participant was asked about."""
    parts = []
    for stratum in ASKED_STRATA:
        sizes = study.scores.loc[study.scores["stratum"] == stratum, "n_trials"]
        if len(sizes):
            ends = sorted({int(sizes.min()), int(sizes.max())})
            parts.append(f"{' to '.join(map(count, ends))} images {where(stratum)}")
    return f"Each was asked about {listed(parts)}."


def _correction(plan: Plan, n: int) -> str:
    if n == 1:
        return f"at α = {plan.alpha:g}"
    label = ADJUSTMENT_LABELS[plan.correction]
    return f"corrected for {count(n)} tests by the method of {label} at α = {plan.alpha:g}"


def _p_values(plan: Plan) -> str:
    corrections = "ties and continuity" if plan.continuity else "ties"
    normal = f"by the normal approximation with corrections for {corrections}"
    return {
        "auto": f"exact for untied samples of fewer than 50 and otherwise {normal}",
        "exact": "exact by permutation of the midranks",
        "mid-p": "mid-p by permutation of the midranks",
        "asymptotic": normal,
    }[plan.method]


_TRIALS = (
    " To generalise over participants and images, we resampled both (10\u202f000 two-way bootstrap"
    " resamples) and fitted logistic GEE models with participants as clusters (robust score tests;"
    " intervals with CR2 errors and Satterthwaite’s degrees of freedom). “I just can’t tell”"
    " counted as wrong. Participants who did not finish were not analysed; nobody else was"
    " excluded. Differential attrition was tested by the N − 1 χ² test and the log-rank test over"
    " trials."
)
