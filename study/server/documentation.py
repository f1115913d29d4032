"""The documentation that `make docs` builds, served beside the console under /docs/."""

import base64
import hashlib
import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils._os import safe_join
from django.views.decorators.http import require_safe
from django.views.static import serve

# The site's own scripts that stand in the page itself.
INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@require_safe
def documentation(request: HttpRequest, page: str) -> HttpResponseBase:
    """A file of the built documentation; a page that says how to build it if there is none."""
    folder = settings.DOCS_DIR
    if not (folder / "index.html").is_file():
        source = _source(page)
        context = {"folder": folder, "source": source, "page": page}
        status = 200 if source else 404
        return render(request, "console/no_documentation.html", context, status=status)
    try:
        response = serve(request, page, document_root=str(folder))
    except (OSError, ValueError) as error:
        # No file can have such a name: too long, or with a byte that names cannot have.
        raise Http404("There is no such page in the documentation.") from error
    file = Path(getattr(getattr(response, "file_to_stream", None), "name", ""))
    if file.suffix == ".html":
        response["Content-Security-Policy"] = _policy(file)
    return response


def _source(page: str) -> str:
    """The text that a page is built from, in a checkout; empty where there is none."""
    try:
        file = Path(safe_join(settings.BASE_DIR / "docs", page)).with_suffix(".md")
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError, SuspiciousFileOperation):
        return ""


def _policy(file: Path) -> str:
    """Allows the scripts that the page was built with, by their hashes, and no other."""
    scripts = INLINE_SCRIPT.findall(file.read_bytes())
    hashes = " ".join(sorted({f"'sha256-{_digest(script)}'" for script in scripts}))
    # The search runs in a worker; the site draws icons from data addresses.
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def _digest(script: bytes) -> str:
    return base64.b64encode(hashlib.sha256(script).digest()).decode()
