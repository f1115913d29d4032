"""What came out, once the study is unblinded; until then, what may be seen."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.errors import ResultsError
from surveys.jobs.files import newest_files
from surveys.jobs.report_summary import find_results
from surveys.models import Survey
from surveys.monitoring.progress import find_progress
from surveys.studies.lifecycle.stopping import find_sample


@for_role("viewer")
@require_safe
def results(request: SignedInRequest, survey: Survey) -> HttpResponse:
    if survey.is_blind:
        (progress,) = find_progress([survey])
        context = {"survey": survey, "progress": progress, "sample": find_sample(survey)}
        return render(request, "console/results_blind.html", context)
    found, problem = None, ""
    try:
        found = find_results(survey)
    except ResultsError as error:
        problem = str(error)
    context = {
        "survey": survey,
        "results": found,
        "problem": problem,
        **newest_files(survey),
    }
    return render(request, "console/results.html", context)
