"""Reads the environment strictly: each function answers a setting or refuses with a sentence."""

import difflib
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Every variable that settings read; README.md describes each.
KNOWN = frozenset(
    """
    ALLOWED_HOSTS CACHE_URL CLAMD_ADDRESS DATABASE_URL MAIL_URL PORT SEARCH_URL SECRET_KEY
    STORAGE_URL TASKS_URL
    ANCRAGE_ACCEL_PREFIX ANCRAGE_BEHIND_PROXY ANCRAGE_BIND ANCRAGE_COANIMATION ANCRAGE_DEBUG
    ANCRAGE_DEMO ANCRAGE_FEDERATION ANCRAGE_FEDERATION_NAME ANCRAGE_HOME ANCRAGE_MAIL_AUTHSERV
    ANCRAGE_MAIL_DOMAIN ANCRAGE_MAIL_FROM ANCRAGE_MAIL_RETURNS ANCRAGE_MAIL_WEBHOOK
    ANCRAGE_MAIL_WEBHOOK_SECRET
    ANCRAGE_NAME ANCRAGE_PRIVACY_CONTACT ANCRAGE_PRIVACY_OFFICER ANCRAGE_SUPPORTER
    ANCRAGE_TRUSTED_PROXIES ANCRAGE_UPLOAD_MAX_MB ANCRAGE_UPLOAD_QUOTA_MB ANCRAGE_URL
    """.split()  # noqa: SIM905 (one name after the other reads best)
)


def refuse(sentence: str) -> NoReturn:
    raise ImproperlyConfigured(sentence)


def refuse_unknown(variables: Mapping[str, str]) -> None:
    """Stop on a variable of ours that nobody reads: a typing error must not pass for a setting."""
    for name in variables:
        if name.startswith("ANCRAGE_") and name not in KNOWN:
            near = difflib.get_close_matches(name, KNOWN, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            refuse(f"Unknown environment variable {name}.{hint}")


def boolean(name: str, *, default: bool) -> bool:
    raw = os.environ.get(name, "").strip().lower()
    if raw in ("", "0", "1", "false", "true", "no", "yes", "off", "on"):
        return default if raw == "" else raw in ("1", "true", "yes", "on")
    refuse(f"{name} takes 1 or 0, not “{raw}”.")


def integer(name: str, *, default: int) -> int:
    raw = os.environ.get(name, "").strip()
    if raw == "":
        return default
    if raw.isascii() and raw.isdigit():
        return int(raw)
    refuse(f"{name} takes a whole number, not “{raw}”.")


def words(name: str, *, default: list[str]) -> list[str]:
    """A comma-separated list; empty means the default."""
    found = [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]
    return found or default


def base_url(name: str, *, default: str) -> str:
    raw = os.environ.get(name, "").strip() or default
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        refuse(f"{name} takes an address like https://ancrage.example, not “{raw}”.")
    return raw.rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def require_loopback(bind: str, url: str, hosts: list[str]) -> None:
    """The demonstration's password is public: it must be out of reach of any other machine."""
    for host in (bind, urlsplit(url).hostname or "", *hosts):
        if not is_loopback(host):
            refuse(
                f"ANCRAGE_DEMO=1 only runs on this machine (localhost): “{host}” is open to "
                "others. Remove ANCRAGE_DEMO, or bind to 127.0.0.1 and keep ALLOWED_HOSTS to "
                "localhost."
            )


def prepare(home: Path) -> None:
    """Make the data folder, or say why it cannot serve."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        refuse(f"ANCRAGE_HOME ({home}) cannot be created: {error.strerror}.")
    if not os.access(home, os.W_OK):
        refuse(f"ANCRAGE_HOME ({home}) is read-only: give this account the right to write there.")


def secret_key(home: Path, *, required: bool) -> str:
    """SECRET_KEY, or on a development machine one generated once and kept in the data folder."""
    given = os.environ.get("SECRET_KEY", "")
    if given:
        if len(given) < 40:
            refuse("SECRET_KEY is too short: give at least 40 random characters.")
        return given
    if required:
        refuse("SECRET_KEY is required when ANCRAGE_URL is https: 40 random characters or more.")
    path = home / "secret_key"
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()
    except OSError as error:
        refuse(f"The secret key cannot be kept in {path}: {error.strerror}.")


def database(home: Path) -> dict[str, Any]:
    """DATABASE_URL (postgres:// or sqlite:///), by default a SQLite file in the data folder."""
    raw = os.environ.get("DATABASE_URL") or f"sqlite:///{home / 'ancrage.sqlite3'}"
    scheme = urlsplit(raw).scheme
    if scheme not in ("sqlite", "postgres", "postgresql"):
        refuse(f"DATABASE_URL takes postgres:// or sqlite:///, not “{scheme}://”.")
    config: dict[str, Any] = environ.Env.db_url_config(raw)
    if scheme == "sqlite":
        # IMMEDIATE takes the write lock at the start, so that two writers wait for each other
        # instead of failing; WAL lets readers go on meanwhile.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;",
        }
    else:
        # A server that does not answer is away: a page says so, soon.
        options = config.setdefault("OPTIONS", {})
        options.setdefault("connect_timeout", 5)
        # To compile the plan of a search takes longer than the search; and the places of a common
        # word among a million entries must hold in memory, or each is looked at again.
        options.setdefault("options", "-c jit=off -c work_mem=16MB")
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


def cache() -> dict[str, Any]:
    """CACHE_URL: redis://, by default a table of the database (one cache for all workers)."""
    raw = os.environ.get("CACHE_URL", "")
    if not raw:
        return {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "core_cache",
            # Past this number rows are thrown away, counters of rate limits among them.
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    if urlsplit(raw).scheme in ("redis", "rediss"):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": raw,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    refuse("CACHE_URL takes redis:// (or nothing, for a table of the database).")


def tasks() -> dict[str, Any]:
    """TASKS_URL: redis://, by default the database."""
    raw = os.environ.get("TASKS_URL", "")
    if not raw:
        return {"BACKEND": "django_tasks_db.DatabaseBackend"}
    if urlsplit(raw).scheme in ("redis", "rediss"):
        return {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}
    refuse("TASKS_URL takes redis:// (or nothing, for the database).")


def search() -> str:
    """SEARCH_URL: `db`, the full-text search of the database, the one engine that there is."""
    raw = os.environ.get("SEARCH_URL", "").strip()
    if raw in ("", "db"):
        return "db"
    refuse(
        "SEARCH_URL takes db (or nothing, which is the same): the database does the search, and no "
        "cluster can do it yet."
    )


def storage(home: Path) -> dict[str, Any]:
    """STORAGE_URL: s3://key:secret@host/bucket, a folder, by default `files` in the data folder."""
    raw = os.environ.get("STORAGE_URL", "")
    parts = urlsplit(raw)
    if parts.scheme == "s3":
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        options = {
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "bucket_name": parts.path.strip("/"),
            "default_acl": "private",
            "querystring_auth": True,
            "querystring_expire": 60,
            "file_overwrite": False,
        }
        if parts.hostname:
            scheme = "http" if query.get("insecure") == "1" else "https"
            port = f":{parts.port}" if parts.port else ""
            options["endpoint_url"] = f"{scheme}://{parts.hostname}{port}"
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    if parts.scheme not in ("", "file"):
        refuse("STORAGE_URL takes a folder (file:///…) or s3://key:secret@host/bucket.")
    location = Path(unquote(parts.path)) if raw else home / "files"
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": location, "base_url": None},
    }


def stored_at(storage: dict[str, Any]) -> list[str]:
    """The origins from which a browser is given files: none but ours, or those of the bucket, by
    its own name or below the server's."""
    options = storage.get("OPTIONS", {})
    bucket = options.get("bucket_name")
    if not bucket:
        return []
    server = urlsplit(options.get("endpoint_url") or "https://s3.amazonaws.com")
    return [f"{server.scheme}://{host}" for host in (server.netloc, f"{bucket}.{server.netloc}")]


def mail(home: Path) -> tuple[str, dict[str, Any]]:
    """MAIL_URL: smtp://user:password@host:port (smtps://, smtp+tls://), by default a folder.

    Returns the backend's path and the EMAIL_* settings that go with it.
    """
    raw = os.environ.get("MAIL_URL", "")
    if not raw:
        folder = home / "mail"
        return "core.mail.folder.EmailBackend", {"EMAIL_FILE_PATH": str(folder)}
    parts = urlsplit(raw)
    if parts.scheme not in ("smtp", "smtps", "smtp+tls") or not parts.hostname:
        refuse("MAIL_URL takes smtp://, smtp+tls:// or smtps://user:password@host:port.")
    return "django.core.mail.backends.smtp.EmailBackend", {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


# The services whose webhooks `notifications.incoming.webhook` reads.
WEBHOOKS = ("mailjet", "postmark", "sendgrid", "sparkpost")
HOST_NAME = re.compile(
    r"(?=.{1,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}"
)


def host_name(name: str, *, default: str = "") -> str:
    """The name of a machine or of a domain, in lower case; nothing when it is not given."""
    raw = os.environ.get(name, "").strip().lower() or default
    if raw and not HOST_NAME.fullmatch(raw):
        refuse(f"{name} takes a domain like reponse.ancrage.example, not “{raw}”.")
    return raw


def mail_returns(domain: str) -> bool:
    """Whether mails that cannot be delivered come back to `domain`."""
    wanted = boolean("ANCRAGE_MAIL_RETURNS", default=False)
    if wanted and not domain:
        refuse("ANCRAGE_MAIL_RETURNS needs ANCRAGE_MAIL_DOMAIN, to which mails come back.")
    return wanted


def mail_webhook(domain: str) -> tuple[str, str]:
    """The service that brings mails, and the `user:password` by which it proves who it is."""
    service = os.environ.get("ANCRAGE_MAIL_WEBHOOK", "").strip().lower()
    secret = os.environ.get("ANCRAGE_MAIL_WEBHOOK_SECRET", "").strip()
    if not service:
        return "", ""
    if service not in WEBHOOKS:
        refuse(f"ANCRAGE_MAIL_WEBHOOK takes one of {', '.join(WEBHOOKS)}, not “{service}”.")
    if not domain:
        refuse("ANCRAGE_MAIL_WEBHOOK needs ANCRAGE_MAIL_DOMAIN, the domain whose mail it brings.")
    user, colon, password = secret.partition(":")
    if not (user and colon) or len(password) < 20:
        refuse("ANCRAGE_MAIL_WEBHOOK_SECRET takes user:password, of 20 random characters or more.")
    return service, secret
