"""Prolific's API as its documentation describes it, for tests; the real one is never asked.

Written from https://docs.prolific.com/api-reference and from what Prolific's own command line
(github.com/prolific-oss/cli) sends and reads: the token's header, studies, transitions,
submissions by limit and offset with a count, and errors with status, title and detail.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx2

TOKEN = "t0ken-of-a-test"
REQUIRED = (
    "name", "description", "external_study_url", "prolific_id_option", "completion_codes",
    "total_available_places", "estimated_completion_time", "reward", "device_compatibility",
)  # fmt: skip
CODE_TYPES = {
    "COMPLETED", "FAILED_ATTENTION_CHECK", "FOLLOW_UP_STUDY", "GIVE_BONUS", "INCOMPATIBLE_DEVICE",
    "NO_CONSENT", "OTHER", "FIXED_SCREENOUT",
}  # fmt: skip
TRANSITIONS = {"PAUSE": ("ACTIVE", "PAUSED"), "PUBLISH": ("UNPUBLISHED", "ACTIVE")}
MOST_PER_PAGE = 3


class FakeProlific:
    """Answers requests; `fail` makes the next ones do something else."""

    def __init__(self) -> None:
        self.studies: dict[str, dict[str, Any]] = {}
        self.submissions: dict[str, list[dict[str, Any]]] = {}
        self.requests: list[httpx2.Request] = []
        self.failures: list[Callable[[httpx2.Request], httpx2.Response]] = []

    def fail(self, answer: httpx2.Response | Exception, times: int = 1) -> None:
        def fails(request: httpx2.Request) -> httpx2.Response:
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.failures += [fails] * times

    def add_study(self, address: str, study_id: str = "5f0c", status: str = "ACTIVE") -> str:
        study = {"id": study_id, "name": "A study", "external_study_url": address, "status": status}
        self.studies[study_id] = study
        return study_id

    def submit(self, study_id: str, person: str, status: str, code: str | None = None) -> None:
        rows = self.submissions.setdefault(study_id, [])
        rows.append(
            {
                "id": f"session-{len(rows) + 1}", "participant_id": person, "status": status,
                "started_at": "2026-11-28T10:00:00Z", "completed_at": None, "is_complete": False,
                "time_taken": 61, "reward": 150, "study_code": code, "bonus_payments": [],
            }
        )  # fmt: skip

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if self.failures:
            return self.failures.pop(0)(request)
        if request.headers.get("Authorization") != f"Token {TOKEN}":
            return refusal(401, "Authentication credentials were not provided.")
        routes: dict[tuple[str, str], Callable[..., httpx2.Response]] = {
            ("POST", r"/api/v1/studies/"): self._create,
            ("GET", r"/api/v1/studies/(\w+)/"): self._show,
            ("GET", r"/api/v1/studies/(\w+)/submissions/"): self._list,
            ("POST", r"/api/v1/studies/(\w+)/transition/"): self._change,
        }
        for (method, pattern), answer in routes.items():
            found = re.fullmatch(pattern, request.url.path)
            if found and method == request.method:
                if found.groups() and found[1] not in self.studies:
                    return refusal(404, "Not found.")
                return answer(request, *found.groups())
        return refusal(405, "Method not allowed.")

    def _create(self, request: httpx2.Request) -> httpx2.Response:
        study = json.loads(request.content)
        missing = [name for name in REQUIRED if not study.get(name)]
        types = {code["code_type"] for code in study.get("completion_codes", [])}
        if missing or not types <= CODE_TYPES or not isinstance(study["reward"], int):
            return refusal(400, {"fields": missing})
        study_id = f"60d9aadeb86739de712faee{len(self.studies)}"
        self.studies[study_id] = {**study, "id": study_id, "status": "UNPUBLISHED"}
        return httpx2.Response(201, json=self.studies[study_id])

    def _show(self, request: httpx2.Request, study_id: str) -> httpx2.Response:
        return httpx2.Response(200, json=self.studies[study_id])

    def _list(self, request: httpx2.Request, study_id: str) -> httpx2.Response:
        rows, asked = self.submissions.get(study_id, []), request.url.params
        first, limit = int(asked["offset"]), min(int(asked["limit"]), MOST_PER_PAGE)
        body = {"results": rows[first : first + limit], "meta": {"count": len(rows)}}
        return httpx2.Response(200, json=body)

    def _change(self, request: httpx2.Request, study_id: str) -> httpx2.Response:
        study = self.studies[study_id]
        begin, end = TRANSITIONS[json.loads(request.content)["action"]]
        if study["status"] != begin:
            return refusal(400, f"A study that is {study['status']} cannot be changed so.")
        study["status"] = end
        return httpx2.Response(200, json=study)


def refusal(status: int, detail: Any) -> httpx2.Response:
    error = {"status": status, "error_code": 140000, "title": "Error", "detail": detail,
             "additional_information": "/api/v1/errors/"}  # fmt: skip
    return httpx2.Response(status, json={"error": error})
