"""The audit log of the installation. The log of one study is among that study's pages."""

from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.audit.pages import Entries, export_log, render_log
from accounts.models import AuditEntry

WHOLE = "the audit log"


@signed_in
@require_safe
def audit_log(request: SignedInRequest) -> HttpResponse:
    return render_log(request, _visible(request), is_whole=request.user.is_superuser)


@signed_in
@require_POST
def export(request: SignedInRequest) -> HttpResponseBase:
    return export_log(request.user, _visible(request), request.POST, WHOLE)


def _visible(request: SignedInRequest) -> Entries:
    """Administrators see all entries; others see their actions and changes to their account."""
    user = request.user
    if user.is_superuser:
        return AuditEntry.objects.all()
    about_them = Q(subject_kind="user", subject_id=str(user.pk))
    return AuditEntry.objects.filter(Q(actor_id=user.pk) | about_them)
