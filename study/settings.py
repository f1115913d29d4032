"""Django settings. Every value that may differ between machines comes from env.py.

Each environment variable is described in docs/configuration.md and listed in .env.example.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from study.configuration import env
from study.configuration.database import postgresql_options
from study.configuration.object_store import object_store
from study.monitoring.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.3.0"  # pyproject.toml reads it here
VAR_DIR = env.read_path("VAR_DIR", env.HOME / "var")

DEBUG = env.read_bool("DEBUG", default=False)
# Without a stored key, sessions end with the process; check study.W001 says so.
STORED_SECRET_KEY = env.read_secret("SECRET_KEY", VAR_DIR / "secret_key")
SECRET_KEY = STORED_SECRET_KEY or secrets.token_urlsafe(50)
# Keys the chain of the audit log. It must stay the same even if the secret key is changed.
STORED_AUDIT_KEY = env.read_secret("AUDIT_KEY") or STORED_SECRET_KEY
AUDIT_KEY = STORED_AUDIT_KEY or SECRET_KEY
ALLOWED_HOSTS = env.read_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.read_list("CSRF_TRUSTED_ORIGINS", "")
# If set, the console answers under this host name only, and studies under the others only.
CONSOLE_HOST = env.read_text("CONSOLE_HOST").strip().lower()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "csp",
    "study",
    "accounts",
    "pv_engine",
    "surveys",
    "analysis",
]

MIDDLEWARE = [
    "study.monitoring.request_log.RequestLogMiddleware",
    "study.middleware.refused_requests.RefusedRequestsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "study.middleware.images.ImagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.sign_in.middleware.ConsoleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "study.urls"
WSGI_APPLICATION = "study.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        env.read_url(
            "DATABASE_URL",
            f"sqlite:///{VAR_DIR / 'db.sqlite3'}",
            schemes=("sqlite", "postgres", "postgresql"),
        ),
        conn_max_age=env.read_int("DATABASE_CONNECTION_SECONDS", 60),
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes its lock at BEGIN and waits for its turn, instead of failing halfway.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # FULL: an acknowledged answer survives a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

else:
    DATABASES["default"]["ENGINE"] = "study.configuration.postgresql"
    DATABASES["default"]["OPTIONS"] = postgresql_options()

# Checks a protocol's [analysis] section. Named here, since surveys must not import analysis.
ANALYSIS_PLAN_CHECK = "analysis.plan.reader.problems_of_section"
# The keys of that section; here for the same reason.
ANALYSIS_PLAN = "analysis.plan.plan.Plan"
# Writes a study's report into a folder; here for the same reason.
REPORT_BUILDER = "analysis.services.build_report"
# Simulates the power of a study by its size; here for the same reason.
SAMPLE_PLANNER = "analysis.services.plan_power"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Researchers' accounts; docs/accounts.md.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Long and not easily guessed; rules on kinds of characters do not help.
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "console:home"
LOGOUT_REDIRECT_URL = "accounts:login"
# How long password links and invitations work.
LINK_HOURS = env.read_int("LINK_HOURS", 72, minimum=1)
PASSWORD_RESET_TIMEOUT = LINK_HOURS * 3600
SESSION_ENGINE = "accounts.models.session"
# A session ends this long after the sign-in, or this long after the last opened page.
SESSION_HOURS = env.read_int("SESSION_HOURS", 12, minimum=1)
SESSION_IDLE_MINUTES = env.read_int("SESSION_IDLE_MINUTES", 120, minimum=1)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SECOND_FACTOR_REQUIRED = env.read_bool("SECOND_FACTOR_REQUIRED", default=False)
OTP_TOTP_ISSUER = "Foresee"
# The number of our own reverse proxies that add to X-Forwarded-For.
PROXY_COUNT = env.read_int("PROXY_COUNT", 0)
LOGIN_FAILURES_PER_ADDRESS = env.read_int("LOGIN_FAILURES_PER_ADDRESS", 50, minimum=1)
AXES_HANDLER = "accounts.sign_in.throttling.Throttle"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.read_int("LOGIN_FAILURES", 5, minimum=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.read_int("LOGIN_WAIT_MINUTES", 15, minimum=1))
# Attempts during a lock neither count nor prolong it: the page says when it ends.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "accounts.limits.addresses.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.throttling.refuse_sign_in"
# The audit log has all sign-ins, without addresses; axes keeps only failures, until they lapse.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Participants' panel ids are removed this many days after their study was closed; 0 keeps them.
PANEL_ID_DAYS = env.read_int("PANEL_ID_DAYS", 0)

# Limits; docs/threat_model.md. A classroom or a company shares one address: be generous.
ENTRIES_PER_MINUTE = env.read_int("ENTRIES_PER_MINUTE", 300)
UPLOADS_PER_HOUR = env.read_int("UPLOADS_PER_HOUR", 60)
# No form of ours needs more than this; the web server limits URLs and headers.
LARGEST_REQUEST_BYTES = env.read_int("LARGEST_REQUEST_BYTES", 10_000_000, minimum=100_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# Redis for the counts of the limits above; without it, they are in the database.
CACHE_URL = env.read_text("CACHE_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What templates of participants' pages draw again and again; each process has its own.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "template_fragments",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}
if CACHE_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.read_url("CACHE_URL", "", schemes=("redis", "rediss")),
        "KEY_PREFIX": "foresee",
        # Seconds to wait for a Redis that hangs; then the database counts.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }

LANGUAGE_CODE = "en"
# The languages of participants' pages, each by its own name. The console is in English.
LANGUAGES = [("en", "English"), ("it", "Italiano"), ("ar", "العربية")]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "study.static_files.StaticFilesStorage"},
    # Rendered images, each named by its content hash, shared by every stimulus set.
    "stimuli": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "stimuli"},
    },
}
# A bucket that web server and workers share instead of a folder; docs/workers.md.
STORAGES |= object_store()
# Where builds keep their checkpoints and write finished stimulus folders.
BUILDS_DIR = env.read_path("BUILDS_DIR", VAR_DIR / "builds")
# Finished reports: one folder per study, named by its slug.
REPORTS_DIR = env.read_path("REPORTS_DIR", VAR_DIR / "reports")
# Takes screenshots of participants' pages for exports and reports: Chromium's path; empty: the one
# on the PATH; "off": none. docs/exports.md.
SCREENSHOT_BROWSER = env.read_text("SCREENSHOT_BROWSER")
# Limits of training: memory or disk for a frozen encoder's features, and torch.compile.
FEATURE_CACHE_MIB = env.read_int("FEATURE_CACHE_MIB", 8192)
COMPILE_NETWORKS = env.read_bool("COMPILE_NETWORKS", default=False)
# The recipes that the console offers; relative paths in a pasted recipe start here, too.
RECIPES_DIR = env.read_path("RECIPES_DIR", BASE_DIR / "recipes")
# The documentation that /docs/ shows, as `make docs` builds it.
DOCS_DIR = env.read_path("DOCS_DIR", BASE_DIR / "site")
# A file that the backup script touches when it has finished.
BACKUP_STAMP = env.read_path("BACKUP_STAMP", VAR_DIR / "last_backup")
# The public address of this server, for links that commands print.
PORT = env.read_int("PORT", 8000, minimum=1)
SITE_URL = env.read_text("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
# The public address of the console, under its own host name if it has one.
CONSOLE_URL = env.with_host(SITE_URL, CONSOLE_HOST)

HTTPS = env.read_bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Programs on this machine read these without TLS; they contain nothing about a person.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# These bind other names of the domain, so only the owner of the whole domain may set them.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.read_bool("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.read_bool("HSTS_PRELOAD", default=False)
# Leaving the two above off is a decision, so Django's deployment checks need not warn.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "surveys.participation.arrival.cookies_refused"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

CELERY_BROKER_URL = env.read_url(
    "CELERY_BROKER_URL",
    "filesystem://",
    schemes=("filesystem", "redis", "rediss", "amqp", "amqps"),
)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"pv_engine.tasks.*": {"queue": "gpu"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Keep Ctrl-C fast when a worker stops in mid-segment: the first waits for the result of a process
# that is gone, the second for the timer's next tick.
CELERY_WORKER_LOST_WAIT = 1.0
CELERY_WORKER_TIMER_PRECISION = 0.2
# How long a worker works on a build before it releases it, and after how long a claim lapses.
BUILD_SEGMENT_SECONDS = env.read_int("BUILD_SEGMENT_SECONDS", 10)
BUILD_LEASE_SECONDS = env.read_int("BUILD_LEASE_SECONDS", 300, minimum=1)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
    # Redis redelivers a message that is not acknowledged for this long. A segment takes seconds
    # and a claim lapses after five minutes, so ten minutes are enough.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": max(600, 2 * BUILD_LEASE_SECONDS)}
if CELERY_BROKER_URL == "filesystem://":
    # The embedded broker. The host is never used, but kombu warns without one.
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "polling_interval": 0.2,
        "data_folder_in": VAR_DIR / "broker" / "messages",
        "data_folder_out": VAR_DIR / "broker" / "messages",
        "control_folder": VAR_DIR / "broker" / "control",
        "store_processed": False,
    }

LOG_FORMAT = env.read_text("LOG_FORMAT", "text")
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT must be text or json, but is {LOG_FORMAT!r}.")
LOGGING = logging_settings(LOG_FORMAT, env.read_text("LOG_LEVEL", "INFO"))

# Allows reading /metrics from anywhere; without it, only this machine may.
METRICS_TOKEN = env.read_secret("METRICS_TOKEN")
# Lets the console create and watch studies on Prolific; kept here alone, never in the database.
PROLIFIC_TOKEN = env.read_secret("PROLIFIC_TOKEN")
PROLIFIC_URL = env.read_url("PROLIFIC_URL", "https://api.prolific.com", ("https",))
# Functions that return the apps' numbers for /metrics. Named here, since study imports no app.
METRIC_COLLECTORS = ("surveys.monitoring.metrics.collect", "pv_engine.builds.metrics.collect")
# Modules whose probes the doctor, /healthz, the system checks and the checks before opening ask.
PROBES = ("study.probes.site", "study.probes.services", "pv_engine.probes")
