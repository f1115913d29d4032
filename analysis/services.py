"""Builds results from a survey, an export or a file of scores."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.data.contradictions import contradictions
from analysis.data.exports import read_export, read_extra_trials
from analysis.data.study_data import StudyData, from_scores_file
from analysis.errors import AnalysisError, DataError
from analysis.plan.plan import Plan
from analysis.plan.reader import read_plan
from analysis.report.folder import require_writable, write_results
from analysis.report.results import Results, analyse


def results_of_survey(slug: str, out: Path, plan_file: Path | None = None) -> Results:
    """Write the results of a survey in the database to `out`, and return them."""
    # Here, not above: files alone can be analysed without Django.
    from analysis.data.loading import load_study

    plan = _prepare(out, plan_file)
    return _write(load_study(slug), plan, out)


def build_report(slug: str, folder: Path) -> str:
    """Write a survey's results into a new folder; return the error's message, or an empty string.

    The setting REPORT_BUILDER names this function for the surveys' jobs, which do not import the
    errors of this app.
    """
    try:
        results_of_survey(slug, folder)
    except AnalysisError as error:
        return str(error)
    return ""


def plan_power(options: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return a sample-size plan and an empty string, or nothing and the error's message.

    The setting SAMPLE_PLANNER names this function, as REPORT_BUILDER names the one above.
    """
    # Here, not above: reports need no simulation.
    from analysis.sample_size.planning import PlanRequest, answer_request

    usual: dict[str, Any] = {
        "scores": None, "stratum": "", "conditions": (), "alternative": "two-sided",
        "method": "auto", "seed": 1, "jobs": 1, "out": None,
    }  # fmt: skip
    try:
        [found] = answer_request(PlanRequest(**usual, **options), iter)
    except AnalysisError as error:
        return {}, str(error)
    plan = found.plan
    return {
        "curve": plan.curve.to_dict("records"),
        "n_finished": plan.n_finished,
        "n_recruited": plan.n_recruited,
    }, ""


def results_of_export(
    folder: Path, out: Path, plan_file: Path | None = None, edited: bool = False
) -> Results:
    """Write the results of an export folder to `out`, and return them.

    Raises DataError where its tables differ from what was exported; with `edited` they are analysed
    anyway, and the report lists the differences.
    """
    # Here, not above: files alone can be analysed without Django.
    from analysis.data.loading import export_problems

    plan = _prepare(out, plan_file)
    study = read_export(folder)
    edits = (*export_problems(folder), *_contradictions(study, folder))
    if edits and not edited:
        raise DataError(_refusal(folder, edits))
    return _write(replace(study, edits=edits), plan, out)


def _contradictions(study: StudyData, folder: Path) -> Iterator[str]:
    if study.participants is not None and study.trials is not None:
        yield from contradictions(study.participants, study.trials, read_extra_trials(folder))


def _refusal(folder: Path, edits: tuple[str, ...]) -> str:
    others = len(edits) - 1
    more = f" There {'is' if others == 1 else 'are'} {others} more." if others else ""
    return (
        f"{folder} is not as it was exported: {edits[0].removesuffix('.')}.{more} Export it again,"
        " or add --edited to analyse it with a list of the differences."
    )


def results_of_scores(path: Path, out: Path, plan_file: Path | None = None) -> Results:
    """Write the results of a file of scores to `out`, and return them."""
    plan = _prepare(out, plan_file)
    return _write(from_scores_file(path, plan.conditions if plan else ()), plan, out)


def _prepare(out: Path, plan_file: Path | None) -> Plan | None:
    """The plan; refuses what is cheap to check before any data are read."""
    require_writable(out)
    return read_plan(plan_file) if plan_file else None


def _write(study: StudyData, plan: Plan | None, out: Path) -> Results:
    results = analyse(study, plan)
    write_results(results, out)
    return results
