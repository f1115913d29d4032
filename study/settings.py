"""Django settings. Every value that may differ between machines is read through env.py.

Each environment variable is described in docs/configuration.md and listed in .env.example.
"""

import secrets
from pathlib import Path
from typing import Any

import dj_database_url

from study import env

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
VAR_DIR = env.read_path("VAR_DIR", BASE_DIR / "var")

DEBUG = env.read_bool("DEBUG", default=False)
# Without a stored key, sessions end with the process; check study.W001 says so.
STORED_SECRET_KEY = env.read_secret("SECRET_KEY", VAR_DIR / "secret_key")
SECRET_KEY = STORED_SECRET_KEY or secrets.token_urlsafe(50)
ALLOWED_HOSTS = env.read_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.read_list("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "study",
    "pv_engine",
    "surveys",
    "analysis",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
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
        # A writer takes its lock at BEGIN and waits its turn, instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # FULL: an answer that was acknowledged survives a power cut, too.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "console:login"
LOGIN_REDIRECT_URL = "console:home"
LOGOUT_REDIRECT_URL = "console:login"

LANGUAGE_CODE = "en"
# The languages of the participants' pages, each under its own name. The console is in English.
LANGUAGES = [("en", "English"), ("it", "Italiano"), ("ar", "العربية")]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Rendered images, each named by its content hash, shared by every stimulus set.
    "stimuli": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "stimuli"},
    },
}
# Where builds keep their checkpoints and write finished stimulus folders.
BUILDS_DIR = env.read_path("BUILDS_DIR", VAR_DIR / "builds")
# The recipes that the console offers; relative paths of a pasted recipe start here, too.
RECIPES_DIR = env.read_path("RECIPES_DIR", BASE_DIR / "recipes")
# Where people reach this server, for addresses that a command prints.
PORT = env.read_int("PORT", 8000, minimum=1)
SITE_URL = env.read_text("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")

HTTPS = env.read_bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "surveys.views.cookies_refused"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
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
# Both are waits for nothing when a worker is stopped in mid-segment, and Ctrl-C must not take long:
# for the result of a process that is gone, and for the timer's next look.
CELERY_WORKER_LOST_WAIT = 1.0
CELERY_WORKER_TIMER_PRECISION = 0.2
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
    # Redis hands a message to another worker when it is not acknowledged for this long. A segment
    # takes seconds and a claim lapses after five minutes, so ten are late enough to be right.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
if CELERY_BROKER_URL == "filesystem://":
    # The embedded broker: messages are files, so that a demo needs no server. The host is never
    # used, but kombu warns when there is none.
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "polling_interval": 0.2,
        "data_folder_in": VAR_DIR / "broker" / "messages",
        "data_folder_out": VAR_DIR / "broker" / "messages",
        "control_folder": VAR_DIR / "broker" / "control",
        "store_processed": False,
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.read_text("LOG_LEVEL", "INFO")},
}
