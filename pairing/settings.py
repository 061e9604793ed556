"""Settings for all profiles; what differs is read from the environment (docs/operations.md lists the names).

``PAIRING_PROFILE`` is ``production`` (default), ``demo`` or ``test``.
"""

import base64
import ipaddress
import os
import re
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from pairing.history import InsertEvent

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]
PAIRING_PROFILE = os.environ.get("PAIRING_PROFILE", "production")
PRODUCTION = PAIRING_PROFILE == "production"
TESTING = PAIRING_PROFILE == "test"
DEMO = PAIRING_PROFILE == "demo"
if PAIRING_PROFILE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("PAIRING_PROFILE must be production, demo or test.")
DEBUG = False


def _env(name: str, test_value: str) -> str:
    """A secret from the environment; tests have fixed ones, everything else must bring its own."""
    value = os.environ.get(name) or (test_value if TESTING else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set; see docs/operations.md.")
    return value


def _whole(name: str, default: str) -> int:
    """A whole number from the environment."""
    value = os.environ.get(name) or default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number.")
    return int(value)


def _flag(name: str) -> bool:
    """A switch from the environment: a word that is no switch must not pass for off."""
    value = os.environ.get(name) or "0"
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 1 or empty.")
    return value == "1"


def _list(name: str) -> list[str]:
    """What stands between the commas of a name of the environment."""
    return [part for part in map(str.strip, os.environ.get(name, "").split(",")) if part]


# --- keys -------------------------------------------------------------------------------------------------
SECRET_KEY = _env("PAIRING_SECRET_KEY", "only-for-tests-" + "0123456789" * 5)
SECRET_KEY_FALLBACKS = _list("PAIRING_SECRET_KEY_FALLBACKS")


def _key(name: str, encoded: str) -> bytes:
    """A key as the environment writes it; production.py looks at its length."""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be 32 random bytes in base64.") from error


def _field_keys(text: str) -> dict[str, bytes]:
    """Keys by id. A value carries its key's id, between dots; one id for two keys would lose a key."""
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        key_id, _sep, encoded = part.strip().partition(":")
        if not re.fullmatch(r"[A-Za-z0-9_-]+", key_id) or not encoded:
            raise ImproperlyConfigured("PAIRING_FIELD_KEYS must read id:base64,id:base64,…")
        if key_id in keys:
            raise ImproperlyConfigured(
                f"PAIRING_FIELD_KEYS names {key_id} twice; each key needs an id of its own."
            )
        keys[key_id] = _key(f"The key {key_id} of PAIRING_FIELD_KEYS", encoded)
    return keys


# Field keys by id, the first is used for new values; older ones only open (manage.py rotate_keys).
FIELD_KEYS = _field_keys(_env("PAIRING_FIELD_KEYS", "t1:" + base64.b64encode(b"t" * 32).decode()))
HMAC_KEY = _key("PAIRING_HMAC_KEY", _env("PAIRING_HMAC_KEY", base64.b64encode(b"h" * 32).decode()))
FIELD_CIPHER = os.environ.get("PAIRING_FIELD_CIPHER", "aesgcm")

# --- applications -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "visits",
    "households",
    "pairing",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "heroicons",
    "pgtrigger",
    "pghistory",
]
AUTH_USER_MODEL = "pairing.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "pairing.urls"
WSGI_APPLICATION = "pairing.wsgi.application"

#: From outside in: what every answer carries, what a lost database or a bad character says, who asks, and what he
#: must do before he sees a page. Each stands on those before it.
MIDDLEWARE = [
    "pairing.middleware.request_source",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages; it pads them against guessing secrets by their length
    "pairing.middleware.private_pages",
    "pairing.middleware.error_answers",
    "csp.middleware.CSPMiddleware",
    "pairing.middleware.database_away",
    "pairing.middleware.clean_input",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pairing.middleware.session_limits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pairing.middleware.must_change_password",
    "pairing.middleware.second_factor",
    "pairing.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pairing.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "pairing.templatetags.pairing"],
        },
    }
]
FORM_RENDERER = "pairing.forms.rendering.FormRenderer"

# --- database: one role runs, another migrates (docs/operations.md) -----------------------------------------
_URL = os.environ.get("DATABASE_URL", "")
if len(sys.argv) > 1 and sys.argv[1] in {"migrate", "rotate_keys", "restore"}:  # work of the owner
    _URL = os.environ.get("OWNER_DATABASE_URL", _URL)
_URL = _URL or "postgresql:///pairing"
if not _URL.startswith(("postgresql://", "postgres://")):
    raise ImproperlyConfigured("DATABASE_URL must read postgresql://user:password@host/name.")
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(_URL, conn_max_age=600, conn_health_checks=True)
}
DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
    "connect_timeout": 2,  # seconds; a page about the absence is due after three
    # Without a session value each row trigger raises and catches an error: quadratic in rows.
    "options": "-c pgtrigger.ignore={} -c lock_timeout=10s -c statement_timeout=60s -c timezone=UTC",
}

PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CREATED_AT_FUNCTION = "CLOCK_TIMESTAMP()"
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="events", null=True)
PGHISTORY_DEFAULT_TRACKERS = (InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

# Second-factor codes and limits must be the same for every worker, so the cache is a table.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "pairing_cache"}}

# --- sign-in ------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "pairing.adapters.UsernameOrPhone"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
COMPLIANCE_PROFILE = os.environ.get("COMPLIANCE_PROFILE", "")
if COMPLIANCE_PROFILE not in {"", "dengbao3"}:
    raise ImproperlyConfigured("COMPLIANCE_PROFILE must be empty or dengbao3.")
PASSWORD_MAX_AGE_DAYS = _whole("PASSWORD_MAX_AGE_DAYS", "90" if COMPLIANCE_PROFILE == "dengbao3" else "0")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "pairing.passwords.Validator"},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pairing:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "pairing.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "login": "pairing.forms.sign_in.SignInForm",
    "change_password": "pairing.forms.sign_in.PasswordForm",
    "reauthenticate": "pairing.forms.sign_in.ConfirmForm",
}
MFA_FORMS = {
    "authenticate": "pairing.forms.sign_in.CodeForm",
    "reauthenticate": "pairing.forms.sign_in.ConfirmCodeForm",
}
# A whole township sits behind one address: limits count accounts; see pairing/adapters.py and axes below.
# "login_failed" limits wrong codes of a second factor; wrong passwords are counted by axes.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "10/15m/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "pairing.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Pairing"
MFA_TOTP_TOLERANCE = 0  # a code is remembered as used for 30 seconds only: with more it could be used twice
SECOND_FACTOR_FOR_ALL = _flag("PAIRING_SECOND_FACTOR_FOR_ALL")

SIGN_IN_WINDOW = timedelta(minutes=15)
SIGN_IN_NAMES_PER_ADDRESS = 50
AXES_HANDLER = "pairing.adapters.LockOut"
AXES_USERNAME_CALLABLE = "pairing.adapters.axes_username"
AXES_CLIENT_IP_CALLABLE = "pairing.adapters.axes_address"
AXES_LOCKOUT_CALLABLE = "pairing.adapters.locked_out"
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = SIGN_IN_WINDOW
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else an attacker could keep the door shut for ever
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # it would keep names in plain text; sign-ins stand in the audit log
AXES_SENSITIVE_PARAMETERS = ["login", "username", "next", "csrfmiddlewaretoken", "code", "ip_address"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Guesses from many addresses or browsers are summed by account; LockOut sees to the address itself.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_MINUTES = {"office": 20, "cadre": 30}  # a warning comes five minutes before
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
DEVICE_COOKIE_NAME = "device"  # a browser known to an account: no one else's guesses lock it out
DEVICE_COOKIE_LASTS = timedelta(days=180)
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "pairing.views.errors.csrf_failure"
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
ALLOWED_HOSTS = _list("PAIRING_ALLOWED_HOSTS") or (
    [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
# Whose X-Forwarded-For is believed: addresses or networks, and "unix" for a proxy behind a socket.
TRUSTED_PROXIES = _list("PAIRING_TRUSTED_PROXIES")
try:
    [ipaddress.ip_network(proxy) for proxy in TRUSTED_PROXIES if proxy != "unix"]
except ValueError as wrong:
    raise ImproperlyConfigured(f"PAIRING_TRUSTED_PROXIES: {wrong}.") from wrong
CSRF_TRUSTED_ORIGINS = _list("PAIRING_TRUSTED_ORIGINS")
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's icons and the second factor's QR code
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- language, time, numbers ----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "pairing" / "locale"]
TIME_ZONE = "UTC"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- static files -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("PAIRING_STATIC_ROOT", BASE_DIR / "build" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "pairing.finders.JoinedFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING

# --- input limits ---------------------------------------------------------------------------------------------
# A megabyte of Chinese text comes as three in a form: it is answered beside its field, with the words still there.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 30 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- blocks that the floor above shows on pages of the floor below (each scopes itself) ----------------------------
HOUSEHOLD_SECTIONS = ["visits.sections.briefs.brief", "visits.sections.timelines.timeline"]
CHANGE_SECTIONS = ["visits.sections.effects.change_source"]
# What floors above have to say before a file closes, sentences(household), and do when it does: step(household, why=, by=).
CLOSE_SECTIONS = ["visits.sections.closings.closing_lines"]
CLOSE_STEPS = ["visits.actions.closings.let_promises_go"]
# What floors above know of households that are handed over: lines(user, household_ids).
HANDOVER_SECTIONS = ["visits.sections.handovers.handover_lines"]
# What follows in the same transaction when households get, lose or change helpers: step(household_ids, by=…).
LEAD_STEPS = ["visits.actions.handovers.pass_promises_on"]
# What floors above have to say before a grant ends: each takes the grant and raises Refused.
GRANT_END_CHECKS = ["households.rules.pairings.check_grant_free"]
# What floors above have to say before a pairing ends on a day: check(pairing, day, field) raises Refused.
PAIRING_END_CHECKS = ["visits.rules.check_pairing_end"]
# How auditors name what floors above own: modules with `find` and `named` (pairing/views/audit.py).
AUDIT_SUBJECTS = ["households.rules.audited"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "pairing.logs.Formatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

# --- the work -----------------------------------------------------------------------------------------------------
# The most households that one person may look after.
HOUSEHOLDS_PER_CADRE = _whole("PAIRING_HOUSEHOLDS_PER_CADRE", "20")
