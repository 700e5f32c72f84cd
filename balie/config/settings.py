"""What must be known before the database opens. Everything else is a column on its owner."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from balie.platform import environment, postgres, secrets
from balie.platform.languages import LANGUAGES as _LANGUAGES

BALIE = environment.read()
# prometheus_client decides when it is imported whether a number lives in memory or in a file that other processes read too.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(BALIE.data / "metrics"))
_ROOT = Path(__file__).resolve().parent.parent
_IS_HTTPS = BALIE.url.startswith("https://")

SECRET_KEY = secrets.secret_key(BALIE)
SECRET_KEY_FALLBACKS = secrets.older_keys(BALIE)
DEBUG = False
ALLOWED_HOSTS = (
    ["*"]
    if urlsplit(BALIE.url).hostname == "localhost"
    else [urlsplit(BALIE.url).hostname or "", "localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [BALIE.url]

INSTALLED_APPS = [
    "balie.platform",
    "balie.organisation",
    "balie.people",
    "balie.teams",
    "balie.tickets",
    "balie.channels",
    "balie.channels.email",
    "balie.channels.notices",
    "balie.channels.push",
    "balie.channels.slack",
    "balie.sla",
    "balie.workspace",
    "balie.portal",
    "balie.directory",
    "balie.administration",
    "balie.api",
    "balie.config",
    "balie.operations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_prose_editor",
    "ninja",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "balie.config.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "balie.config.reader.WhoReads",
    "balie.config.viewing_as.ViewingAs",
    "balie.config.reader.ReadersLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "balie.config.gate.Gate",
    "balie.config.looking.Looking",
]

ROOT_URLCONF = "balie.config.urls"
WSGI_APPLICATION = "balie.config.wsgi.application"
BALIE_REACTIONS = "balie.config.reactions.REACTIONS"
BALIE_GROUP_REACTIONS = "balie.config.reactions.STATUS_GROUP_CHANGED"
BALIE_HOURS_REACTIONS = "balie.config.reactions.HOURS_REACTIONS"
BALIE_LANGUAGE_REACTIONS = "balie.config.reactions.LANGUAGE_REACTIONS"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_ROOT / "config" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "balie.platform.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "balie.config.gate.shown_plan",
            ],
        },
    }
]

_address = conninfo_to_dict(BALIE.database_url or postgres.address(BALIE.data) or "dbname=balie")
DATABASES = {
    "default": {
        "ENGINE": "balie.platform.engine",
        "NAME": _address.pop("dbname", "balie"),
        "USER": _address.pop("user", ""),
        "PASSWORD": _address.pop("password", ""),
        "HOST": _address.pop("host", ""),
        "PORT": str(_address.pop("port", "") or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # PgBouncer in transaction mode loses server-side cursors and prepared statements.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "connect_timeout": 10,
            "server_side_binding": True,
            "prepare_threshold": None if BALIE.database_direct_url else 5,
            **_address,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "platform_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "balie.config.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _IS_HTTPS else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 50

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
LANGUAGES = _LANGUAGES
LOCALE_PATHS = [_ROOT / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Each program sets up its own logs, see platform/logs.py.
LOGGING_CONFIG = None

STATIC_URL = "/static/"
STATICFILES_DIRS = [("balie", _ROOT / "config" / "static")]
STATIC_ROOT = BALIE.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "balie.config.lasting.LastingFiles"},
}

# Mail leaves through channels/email/client.py; what allauth and Django send goes the same way.
EMAIL_BACKEND = "balie.channels.email.backend.DeskMail"
DEFAULT_FROM_EMAIL = f"Balie <desk@{BALIE.mail_domain}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL


# Sign-in: the people package keeps its settings beside its pages.
from balie.people.sign_in.settings import *  # noqa: E402,F403  (allauth reads its settings from this module by name)
