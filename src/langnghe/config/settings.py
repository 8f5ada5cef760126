"""Django settings. Everything an operator sets comes from the environment through `config.env`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

from langnghe.config import env

PACKAGE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(env.text("LANGNGHE_HOME", "var", "Folder for the embedded database, files and keys.")).resolve()

DEMO = env.flag("LANGNGHE_DEMO", False, "Demo city: mailbox page instead of sending, clock that can be moved.")
DEBUG = env.flag("LANGNGHE_DEBUG", False, "Django's debug pages. Never in production.")
HTTPS = env.flag("LANGNGHE_HTTPS", not (DEMO or DEBUG), "Cookies for HTTPS only, HSTS on.")

TRUSTED_PROXIES = env.number(
    "LANGNGHE_PROXIES", 0, "How many proxies stand before the server; with 0 no X-Forwarded- header is believed."
)


def _secret_key() -> str:
    """The key from the environment, or one kept in LANGNGHE_HOME (made on the first start, for one machine)."""
    given = env.text("LANGNGHE_SECRET_KEY", "", "Key that signs cookies and tokens; the same on every machine.")
    if given:
        return given
    path = HOME / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        HOME.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(50)
        try:
            with path.open("x") as handle:
                path.chmod(0o600)
                handle.write(key)
        except FileExistsError:
            return path.read_text().strip()
        return key


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.names("LANGNGHE_HOSTS", "localhost,127.0.0.1,[::1]", "Host names that the server answers to.")
CSRF_TRUSTED_ORIGINS = env.names("LANGNGHE_ORIGINS", "", "Origins trusted for forms behind a proxy, with scheme.")
BASE_URL = env.text("LANGNGHE_BASE_URL", "http://127.0.0.1:8000", "Public address, used in messages and QR codes.")

INSTALLED_APPS = [
    "langnghe.ui",
    "langnghe.workflow",
    "langnghe.ledger",
    "langnghe.agencies",
    "langnghe.worktime",
    "langnghe.outbox",
    "langnghe.files",
    "langnghe.cases",
    "langnghe.plans",
    "langnghe.intake",
    "langnghe.triage",
    "langnghe.publication",
    "langnghe.reports",
    "langnghe.portal",
    "langnghe.desk",
    "langnghe.ops",
    "langnghe.demo",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "langnghe.ui.middleware.PlainAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "langnghe.ui.language.LanguageMiddleware",
    "langnghe.ui.middleware.Taken",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "langnghe.desk.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "langnghe.config.urls"
WSGI_APPLICATION = "langnghe.config.wsgi.application"
FORM_RENDERER = "langnghe.ui.rendering.Renderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "langnghe.ui.context.site",
                "langnghe.desk.context.desk",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL", "", "PostgreSQL 15 to 18, as a URL. Without it the embedded server runs.")
REPLICA_URL = env.text("LANGNGHE_REPLICA_URL", "", "A read-only replica for public lists and search. Optional.")
_POOL_SIZE = env.number("LANGNGHE_DB_POOL", 8, "Most database connections of one server process.")


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(dj_database_url.parse(url or "postgres://langnghe@127.0.0.1:1/langnghe"))
    options = config.setdefault("OPTIONS", {})
    options["pool"] = {"min_size": 1, "max_size": _POOL_SIZE, "timeout": 20}
    options["prepare_threshold"] = 0  # only cursors of `langnghe.database.prepared` send statements to prepare
    config["CONN_MAX_AGE"] = 0
    config["CONN_HEALTH_CHECKS"] = True  # a connection that died with the server is replaced, not handed to a request
    return config


DATABASES: dict[str, dict[str, Any]] = {"default": _database(DATABASE_URL)}
if REPLICA_URL:
    DATABASES["replica"] = _database(REPLICA_URL) | {"TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # every room declares its jobs in jobs.py

# Shared by all processes and machines: the throttling of sign-ins counts in it (docs/decisions/sign-in.md).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "langnghe_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = True

# --- static files and uploads ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- people and sign-in ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "agencies.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "portal:home"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.number("LANGNGHE_SESSION_HOURS", 10, "Hours until a staff session ends.") * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:  # with this prefix no other host of the domain, and no page without HTTPS, can set them
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "langnghe.portal.views.errors.csrf_failure"
# Who reaches the server without a proxy could claim any scheme.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"

ACCOUNT_ADAPTER = "langnghe.desk.adapters.StaffAccountAdapter"
SOCIALACCOUNT_ADAPTER = "langnghe.desk.adapters.StaffSocialAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Wrong passwords from one machine are counted by axes; this catches guessing from many machines, and wrong codes.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip,10/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser, or after SESSION_COOKIE_AGE
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the administrator
MFA_TOTP_ISSUER = "Lắng Nghe"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG
REQUIRE_SECOND_FACTOR = env.flag("LANGNGHE_REQUIRE_MFA", not DEMO, "Staff must set up TOTP or a passkey.")

_OIDC_ID = env.text("LANGNGHE_OIDC_CLIENT_ID", "", "Client id at the OpenID Connect provider of the staff.")
_OIDC_SECRET = env.text("LANGNGHE_OIDC_CLIENT_SECRET", "", "Its secret.")
_OIDC_URL = env.text("LANGNGHE_OIDC_URL", "", "Its server URL (where .well-known/openid-configuration lies).")
_OIDC_NAME = env.text("LANGNGHE_OIDC_NAME", "Đăng nhập một lần", "What the sign-in button says.")
SOCIALACCOUNT_ONLY = False
# A form that leads to another site would break the CSP's form-action; the state of the protocol guards the way back.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if _OIDC_ID and _OIDC_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "staff",
                "name": _OIDC_NAME,
                "client_id": _OIDC_ID,
                "secret": _OIDC_SECRET,
                "settings": {"server_url": _OIDC_URL},
            }
        ],
    }

AXES_FAILURE_LIMIT = env.number("LANGNGHE_LOGIN_ATTEMPTS", 8, "Wrong passwords until an account is locked.")
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_CLIENT_IP_CALLABLE = "langnghe.desk.adapters.client_ip"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- limits against abuse -------------------------------------------------------------------------------------------
SUBMISSIONS_PER_HOUR = env.number(
    "LANGNGHE_SUBMISSIONS_PER_HOUR", 60, "Submissions from one address an hour; 0: no limit."
)
LOOKUPS_PER_HOUR = env.number(
    "LANGNGHE_LOOKUPS_PER_HOUR", 60, "Wrong tracking codes from one address an hour; 0: no limit."
)
FOLLOW_CONFIRM_DAYS = env.number(
    "LANGNGHE_FOLLOW_CONFIRM_DAYS", 7, "Days until the address of a follower who has not confirmed is deleted."
)

# --- outbox and files -----------------------------------------------------------------------------------------------
LANGNGHE_CLOCK = "langnghe.worktime.clock.now"
LANGNGHE_MAIL = env.text(
    "LANGNGHE_MAIL", "mailbox" if DEMO else "smtp", "smtp: send. mailbox: catch messages in a page instead (demo)."
)
LANGNGHE_MAIL_FROM = env.text(
    "LANGNGHE_MAIL_FROM", "Lắng Nghe <no-reply@localhost>", "Sender of e-mails: name <address>."
)
LANGNGHE_MAIL_REPLY_TO = env.text("LANGNGHE_MAIL_REPLY_TO", "", "Address for answers to e-mails. Optional.")
LANGNGHE_MAIL_DOMAIN = env.text("LANGNGHE_MAIL_DOMAIN", "", "Domain in Message-ID and EHLO; empty: the sender's.")
LANGNGHE_SMTP_HOST = env.text("LANGNGHE_SMTP_HOST", "localhost", "Mail server.")
LANGNGHE_SMTP_PORT = env.number("LANGNGHE_SMTP_PORT", 587, "Its port.")
LANGNGHE_SMTP_USER = env.text("LANGNGHE_SMTP_USER", "", "User at the mail server; empty: no sign-in.")
LANGNGHE_SMTP_PASSWORD = env.text("LANGNGHE_SMTP_PASSWORD", "", "Password of that user.")
LANGNGHE_SMTP_TLS = env.text("LANGNGHE_SMTP_TLS", "starttls", "starttls (required), tls (port 465) or none.")
LANGNGHE_SMTP_TIMEOUT = env.number("LANGNGHE_SMTP_TIMEOUT", 30, "Seconds to wait for each answer of the mail server.")
LANGNGHE_OUTBOX_BATCH = env.number("LANGNGHE_OUTBOX_BATCH", 500, "Most messages of one run of the sender.")
LANGNGHE_OUTBOX_RUN_SECONDS = env.number("LANGNGHE_OUTBOX_RUN_SECONDS", 20, "Longest run of the sender, in seconds.")
LANGNGHE_OUTBOX_ATTEMPTS = env.number("LANGNGHE_OUTBOX_ATTEMPTS", 12, "Tries until a message counts as failed.")
LANGNGHE_OUTBOX_GRACE_SECONDS = env.number(
    "LANGNGHE_OUTBOX_GRACE_SECONDS", 600, "Seconds until a message that a dead worker was sending is parked."
)
LANGNGHE_FILES_DIR = env.text(
    "LANGNGHE_FILES_DIR", str(HOME / "files"), "Folder of the attachments, shared by all machines."
)
LANGNGHE_FILES_URL = env.text(
    "LANGNGHE_FILES_URL", "", "S3 instead of the folder: s3://bucket/prefix?region=…&endpoint=https://… (extra: s3)."
)
LANGNGHE_FILES_MAX_BYTES = env.number("LANGNGHE_FILES_MAX_MB", 20, "Megabytes of one attachment.") * 1024 * 1024
LANGNGHE_FILES_DOCUMENT_BYTES = (
    env.number("LANGNGHE_FILES_DOCUMENT_MAX_MB", 60, "Megabytes of a plan entered by staff, which may be a scan.")
    * 1024
    * 1024
)
LANGNGHE_FILES_MAX_FILES = env.number("LANGNGHE_FILES_MAX_FILES", 10, "Attachments of one form.")
LANGNGHE_FILES_MAX_PIXELS = env.number("LANGNGHE_FILES_MAX_MEGAPIXELS", 40, "Megapixels of one image.") * 1_000_000
LANGNGHE_FILES_IMAGE_EDGE = env.number("LANGNGHE_FILES_IMAGE_EDGE", 4096, "Longer edge of a kept image, in pixels.")
LANGNGHE_FILES_UPLOAD_HOURS = env.number("LANGNGHE_FILES_UPLOAD_HOURS", 24, "Hours until an unfinished upload goes.")
LANGNGHE_FILES_ORPHAN_HOURS = env.number("LANGNGHE_FILES_ORPHAN_HOURS", 24, "Hours until a file nobody attached goes.")
FILE_UPLOAD_HANDLERS = ["langnghe.files.handlers.LimitedUploadHandler"]
LANGNGHE_CLOCK_MOVABLE = DEMO or env.flag(
    "LANGNGHE_CLOCK_MOVABLE", False, "Let the administrator move the clock. Tests and demo only."
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.text("LANGNGHE_LOG_LEVEL", "INFO", "Level of the log on standard error."),
    },
    "loggers": {"procrastinate": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}
