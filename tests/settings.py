"""Settings of the tests: tasks run in the caller, files go to a folder that is thrown away."""

import tempfile
from pathlib import Path

from study.settings import *  # noqa: F403 - the tests run on the real settings, changed below
from study.settings import DATABASES, STORAGES

_SCRATCH = Path(tempfile.mkdtemp(prefix="foresee-tests-"))

SECRET_KEY = STORED_SECRET_KEY = "only-for-tests"
AUDIT_KEY = STORED_AUDIT_KEY = "only-for-tests, too"
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
BUILDS_DIR = _SCRATCH / "builds"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "stimuli": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _SCRATCH / "stimuli"},
    },
}
WHITENOISE_AUTOREFRESH = True
DATABASES["default"].setdefault("TEST", {})
# Nothing is asked on the network, whatever the environment says.
PROLIFIC_TOKEN = ""
PROLIFIC_URL = "https://prolific.invalid"
# Tests that need a browser name it.
SCREENSHOT_BROWSER = "off"
