"""The audit log, filtered, as a read-only page and as a CSV file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from accounts.audit.chain import CHUNK, COLUMNS, content_of
from accounts.audit.record import Actor, record
from accounts.models import AuditEntry
from accounts.models.actions import Action

Entries = QuerySet[AuditEntry]
PER_PAGE = 50


class LogFilterForm(forms.Form):
    """Which entries of the audit log to show."""

    who = forms.CharField(label="Person", required=False, max_length=150)
    action = forms.ChoiceField(
        label="Action", required=False, choices=[("", "any"), *Action.choices]
    )
    what = forms.CharField(label="Object", required=False, max_length=200)
    since = forms.DateField(
        label="Since", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


def render_log(request: HttpRequest, entries: Entries, **context: Any) -> HttpResponse:
    """Render one page of the entries that match the filter in the query string."""
    form, chosen = choose(entries, request.GET)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context |= {"form": form, "page": page, "query": query.urlencode()}
    return render(request, "accounts/log.html", context)


def choose(entries: Entries, asked: Any) -> tuple[LogFilterForm, Entries]:
    form = LogFilterForm(asked)
    wanted = form.cleaned_data if form.is_valid() else {}
    rules = {
        "actor__icontains": wanted.get("who"),
        "action": wanted.get("action"),
        "at__date__gte": wanted.get("since"),
        "at__date__lte": wanted.get("until"),
    }
    chosen = entries.filter(**{name: value for name, value in rules.items() if value})
    if text := wanted.get("what"):
        chosen = chosen.filter(Q(subject__icontains=text) | Q(subject_kind=text))
    return form, chosen


def export_log(actor: Actor, entries: Entries, asked: Any, subject: Any) -> StreamingHttpResponse:
    """Return the matching entries as CSV, oldest first, with digests, and record the export."""
    form, chosen = choose(entries, asked)
    wanted = {name: value for name, value in form.cleaned_data.items() if value}
    taken = record(actor, Action.AUDIT_EXPORTED, subject, filter=wanted)
    rows = _rows(chosen.filter(number__lt=taken.number).order_by("number"))
    return StreamingHttpResponse(
        rows,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit_log.csv"'},
    )


def _rows(entries: Entries) -> Iterator[str]:
    yield _line([*COLUMNS, "digest"])
    for entry in entries.iterator(CHUNK):
        yield _line([*content_of(entry).values(), entry.digest])


def _line(cells: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_harmless(cell) for cell in cells])
    return buffer.getvalue()


def _harmless(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if is_formula else cell
