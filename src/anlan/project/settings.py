"""Django settings, derived from the one typed configuration."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from anlan.project.config import Config

ANLAN = Config.load()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = ANLAN.data_dir

SECRET_KEY = ANLAN.secret_key
DEBUG = ANLAN.debug
ALLOWED_HOSTS = ANLAN.allowed_hosts
ROOT_URLCONF = "anlan.project.urls"
WSGI_APPLICATION = "anlan.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FOUNDATION = [
    f"anlan.foundation.{name}"
    for name in [
        "places",
        "accounts",
        "audit",
        "rules",
        "ledger",
        "events",
        "clocks",
        "notices",
        "incidents",
        "resources",
        "jobs",
        "files",
        "indicators",
        "calendars",
        "roads",
    ]
]
AREAS = [
    f"anlan.areas.{name}"
    for name in [
        "command.organisation",
        "command.response",
        "command.duty",
        "command.reports",
        "command.review",
        "command.experts",
        "risk.monitoring",
        "risk.warning",
        "risk.cameras",
        "risk.safety",
        "risk.works",
        "risk.keyplaces",
        "risk.gas",
        "risk.prediction",
        "risk.qra",
        "rescue.stations",
        "rescue.teams",
        "rescue.turnouts",
        "rescue.social",
        "rescue.forest",
        "drills.exercises",
        "supplies.depots",
        "supplies.movements",
        "supplies.donations",
        "supplies.prices",
        "medical.capacity",
        "transport.fleet",
        "transport.closures",
        "transport.nodes",
        "transport.passes",
        "supplies.allocation",
        "transport.agreements",
        "transport.convoys",
        "grassroots.posts",
    ]
]

INSTALLED_APPS = [
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
    "axes",
    "simple_history",
    "django_htmx",
    "django_filters",
    *FOUNDATION,
    *[app for app in AREAS if (BASE_DIR / Path(*app.split(".")[1:]) / "__init__.py").exists()],
    "anlan.oversight",
    "anlan.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "anlan.project.middleware.content_security_policy",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anlan.foundation.accounts.middleware.SignedInMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anlan.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "anlan.web.templatetags.anlan",
                "anlan.foundation.ledger.templatetags.ledger",
            ],
        },
    }
]


def _database(url: str) -> dict:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "anlan.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=268435456",
            },
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or parse_qs(parts.query).get("host", [""])[0],
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


DATABASES = {"default": _database(ANLAN.database_url)}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "anlan.foundation.accounts.passwords.CharacterClassValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "anlan.foundation.accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "安澜"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SESSION_COOKIE_AGE = ANLAN.session_idle_minutes * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ANLAN.https
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if ANLAN.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ANLAN.https else None
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]

EMAIL_HOST, _, _smtp_port = ANLAN.smtp.rpartition(":") if ":" in ANLAN.smtp else (ANLAN.smtp, "", "")
EMAIL_PORT = int(_smtp_port or 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ANLAN.smtp_user, ANLAN.smtp_password
EMAIL_USE_TLS, EMAIL_USE_SSL = ANLAN.smtp_security == "starttls", ANLAN.smtp_security == "tls"
EMAIL_TIMEOUT = 5

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
FORMAT_MODULE_PATH = ["anlan.web.formats"]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
# Files are served from where they are; tools/vendor.py lays compressed twins beside the large ones.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
WHITENOISE_MIMETYPES = {
    ".geojson": "application/geo+json",
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
}
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000

FORM_RENDERER = "anlan.foundation.ledger.rendering.FormRenderer"
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "ERROR"}, "huey": {"level": "WARNING"}, "shapely": {"level": "WARNING"}},
}
