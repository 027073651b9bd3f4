"""Settings, from the environment and strict.

No environment at all gives a working instance on loopback: SQLite, files and outgoing mail
below `ANCRAGE_HOME`. A variable that is unknown or malformed stops the start with a sentence
that says which and why. README.md holds the table of all of them.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environment.refuse_unknown(os.environ)

DEMO = environment.boolean("ANCRAGE_DEMO", default=False)
DEBUG = environment.boolean("ANCRAGE_DEBUG", default=False)
HOME = Path(os.environ.get("ANCRAGE_HOME") or BASE_DIR / "var").resolve()
BIND = os.environ.get("ANCRAGE_BIND") or "127.0.0.1"
PORT = environment.integer("PORT", default=8000)
BASE_URL = environment.base_url("ANCRAGE_URL", default=f"http://localhost:{PORT}")
ALLOWED_HOSTS = environment.words(
    "ALLOWED_HOSTS", default=sorted({"localhost", "127.0.0.1", urlsplit(BASE_URL).hostname or ""})
)
SERVED_HTTPS = BASE_URL.startswith("https://")
TESTING = "pytest" in sys.modules
if DEMO:
    environment.require_loopback(BIND, BASE_URL, ALLOWED_HOSTS)
environment.prepare(HOME)
SECRET_KEY = environment.secret_key(HOME, required=SERVED_HTTPS and not DEMO)

# ---------------------------------------------------------------- the house
INSTALLED_APPS = [
    "home",
    "search",
    "moderation",
    "forums",
    "library",
    "practices",
    "notifications",
    "community",
    "accounts",
    "core",
    "moderation.admin_site.AncrageAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_altcha",
    "django_ckeditor_5",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
    "taggit",
]

MIDDLEWARE = [
    "core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "home.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.CurrentAccountMiddleware",
    "core.keeping.KeepTypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "home.middleware.ConductMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_NAME = os.environ.get("ANCRAGE_NAME") or "Ancrage"
FEDERATION = os.environ.get("ANCRAGE_FEDERATION") or "ROCQLD"
FEDERATION_NAME = (
    os.environ.get("ANCRAGE_FEDERATION_NAME")
    or "Regroupement des organismes communautaires québécois de lutte au décrochage"
)
SUPPORTER = os.environ.get("ANCRAGE_SUPPORTER", "CTREQ")
# Law 25 asks that the person answerable for personal information be named in public.
PRIVACY_OFFICER = os.environ.get("ANCRAGE_PRIVACY_OFFICER") or "Direction générale du ROCQLD"
PRIVACY_CONTACT = os.environ.get("ANCRAGE_PRIVACY_CONTACT") or "vie-privee@ancrage.example"
# Who besides the federation may moderate a space: nobody, unless this says so.
COANIMATION = environment.boolean("ANCRAGE_COANIMATION", default=DEMO)

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
                "home.context.shell",
            ],
        },
    }
]

# Widgets too may be redrawn in templates/ (the admin's date boxes get their labels there).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---------------------------------------------------------------- what grows, a URL each
DATABASES = {"default": environment.database(HOME)}
CACHES = {
    "default": environment.cache(),
    # Words that rarely change, kept by each process for seconds (core.terms).
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
SEARCH_ENGINE = environment.search()
TASKS = {"default": environment.tasks()}
if TASKS_URL := os.environ.get("TASKS_URL"):
    INSTALLED_APPS += ["django_rq"]
    RQ_QUEUES = {"default": {"URL": TASKS_URL}}
STORAGES = {
    "default": {"BACKEND": "core.storage.NoPublicStorage"},
    "private": environment.storage(HOME),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "core.storage.StaticStorage"
    },
}
EMAIL_BACKEND, MAIL_OPTIONS = environment.mail(HOME)
globals().update(MAIL_OPTIONS)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("ANCRAGE_MAIL_FROM") or f"{SITE_NAME} <ancrage@localhost>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Mail comes in at this domain, or not at all; the demo answers its own mails.
MAIL_DOMAIN = environment.host_name(
    "ANCRAGE_MAIL_DOMAIN", default="reponse.localhost" if DEMO else ""
)
# The mail server in front of us, whose verdict on a sender is believed.
MAIL_AUTHSERV = environment.host_name(
    "ANCRAGE_MAIL_AUTHSERV", default="mx.localhost" if DEMO else ""
)
# Whether the mails that cannot be delivered come back to that domain, and are counted.
MAIL_RETURNS = environment.mail_returns(MAIL_DOMAIN)
MAIL_WEBHOOK, MAIL_WEBHOOK_SECRET = environment.mail_webhook(MAIL_DOMAIN)

STATIC_URL = "/statique/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
WHITENOISE_MAX_AGE = 31_536_000
FILE_UPLOAD_HANDLERS = [
    "core.files.handlers.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
UPLOAD_MAX_BYTES = environment.integer("ANCRAGE_UPLOAD_MAX_MB", default=25) * 1_000_000
# A file grows by a third in a mail, beside its text.
MAIL_MAX_BYTES = UPLOAD_MAX_BYTES * 4 // 3 + 1_000_000
UPLOAD_QUOTA_BYTES = environment.integer("ANCRAGE_UPLOAD_QUOTA_MB", default=500) * 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "")
ACCEL_PREFIX = os.environ.get("ANCRAGE_ACCEL_PREFIX", "")

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "fr-ca"
LANGUAGES = [("fr-ca", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.locales"]
LANGUAGE_COOKIE_NAME = "langue"
TIME_ZONE = "America/Toronto"
USE_TZ = True

# ---------------------------------------------------------------- accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    *(["accounts.backends.DemoBackend"] if DEMO else []),
    "accounts.backends.AccountBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:landing"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# Sign-up is closed (the adapter says so); without `password1` the sign-in form has no password.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home:landing"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_DISPLAY = "accounts.adapter.display"
# Django's own: its hash holds the address already; allauth's writes a row at each look.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 (a class)
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
# A code of six digits: 90 guesses a day at most for one mailbox, whoever asks from wherever.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key,30/d/key",
    "request_login_code": "20/m/ip,3/m/key,10/h/key,30/d/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.LoginForm",
    "request_login_code": "accounts.forms.sign_in.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.sign_in.ConfirmLoginCodeForm",
    "reset_password": "accounts.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.sign_in.ResetPasswordKeyForm",
    "change_password": "accounts.forms.sign_in.ChangePasswordForm",
    "set_password": "accounts.forms.sign_in.SetPasswordForm",
    "reauthenticate": "accounts.forms.sign_in.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.second_factor.AuthenticateForm",
    "reauthenticate": "accounts.forms.second_factor.ReauthenticateForm",
    "activate_totp": "accounts.forms.second_factor.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.second_factor.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.second_factor.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
# An address is proven by the invitation that reached it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SERVED_HTTPS
# Waived for the demonstration only: its accounts are public knowledge and bound to loopback.
SECOND_FACTOR_REQUIRED = not DEMO
# Not at each request: `accounts.middleware` notes it every few minutes.
USERSESSIONS_TRACK_ACTIVITY = False
TRUSTED_PROXIES = environment.integer("ANCRAGE_TRUSTED_PROXIES", default=0)

# ---------------------------------------------------------------- safety
# The prefix has the browser refuse a cookie that another host of the domain, or plain HTTP, set.
SESSION_COOKIE_NAME = "__Host-ancrage" if SERVED_HTTPS else "ancrage"
CSRF_COOKIE_NAME = "__Host-csrf" if SERVED_HTTPS else "csrftoken"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_HTTPS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if environment.boolean("ANCRAGE_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        # A recording is played from where a download would lead.
        "media-src": [SELF, *environment.stored_at(STORAGES["private"])],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
ALTCHA_HMAC_KEY = SECRET_KEY
ALTCHA_INCLUDE_TRANSLATIONS = True

CK_EDITOR_5_UPLOAD_FILE_VIEW_NAME = "core:upload"
CKEDITOR_5_FILE_UPLOAD_PERMISSION = "authenticated"
CKEDITOR_5_CONFIGS = {"default": {"toolbar": ["bold", "italic", "link", "blockQuote"]}}
TAGGIT_CASE_INSENSITIVE = True
SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "core.logs.Scrub"}},
    "formatters": {
        "line": {
            "class": "core.logs.Line",
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["scrub"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        # One line a task, thousands a day.
        "django_tasks": {"level": "WARNING"},
        "rq.worker": {"level": "WARNING"},
        # A line a step of each page, and of each font.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        # The LMTP server's: it writes each recipient, and a reply address is a key.
        "mail.log": {"level": "WARNING"},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "core.logs.QuietReporterFilter"

SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS, the HTTPS redirect and secure cookies follow ANCRAGE_URL:
    "security.W008",  # plain HTTP is for loopback, and behind a proxy it is the proxy
    "security.W012",  # that redirects.
    "security.W016",
    "security.W021",  # preload is the owner's decision for the whole domain
]
