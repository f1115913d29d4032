"""Imports a stimulus set that was made elsewhere: a ZIP file of a list and its pictures."""

import tempfile
from pathlib import Path
from typing import BinaryIO

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, signed_in
from accounts.audit.record import Action, record
from accounts.limits.rules import accept_uploads, limit_uploads
from pv_engine.builds import opening
from pv_engine.errors import EngineError
from pv_engine.models import StimulusSet
from pv_engine.stimulus_sets.archives import unpack
from pv_engine.stimulus_sets.importing import import_stimuli
from pv_engine.stimulus_sets.loading import load_stimulus_set

LARGEST_ARCHIVE_BYTES = 200_000_000
# What a form adds to its file; the page itself answers a file that is a little too large.
FORM_BYTES = 5_000_000


class ImportForm(forms.Form):
    archive = forms.FileField(
        label="ZIP file with the list and its pictures",
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )
    name = forms.CharField(
        label="Name of the set",
        required=False,
        max_length=100,
        help_text="By default, the name of the list.",
    )

    def clean_archive(self) -> BinaryIO:
        archive = self.cleaned_data["archive"]
        if archive.size > LARGEST_ARCHIVE_BYTES:
            raise forms.ValidationError(
                f"The file has {archive.size / 1e6:,.0f} MB; at most "
                f"{LARGEST_ARCHIVE_BYTES / 1e6:,.0f} MB can be uploaded. Import it on the server "
                "with import_stimuli."
            )
        return archive  # type: ignore[no-any-return] # Django's UploadedFile


@signed_in
@require_http_methods(["GET", "POST"])
@accept_uploads(LARGEST_ARCHIVE_BYTES + FORM_BYTES)
@limit_uploads
def import_set(request: SignedInRequest) -> HttpResponse:
    """Show and process the form; the page of the new stimulus set comes next."""
    if request.method != "POST":
        return render(request, "pv_engine/import.html", {"form": ImportForm()})
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            loaded = _import(form.cleaned_data["archive"], form.cleaned_data["name"])
        except EngineError as error:
            form.add_error("archive", str(error).splitlines())
        else:
            record(request.user, Action.STIMULI_IMPORTED, loaded, name=loaded.name)
            messages.success(request, f"{loaded.name} was imported.")
            return redirect("builds:set", loaded.content_sha256)
    return render(request, "pv_engine/import.html", {"form": form})


def _import(archive: BinaryIO, name: str) -> StimulusSet:
    with tempfile.TemporaryDirectory(prefix="foresee-upload-") as unpacked:
        file = unpack(archive, Path(unpacked))
        try:
            folder = import_stimuli(file, file.parent, opening.output_folder(), name)
        except EngineError as error:
            # Researchers know their list's name, not the server's folder.
            raise type(error)(str(error).replace(f"{file.parent}/", "")) from error
    return load_stimulus_set(folder)
