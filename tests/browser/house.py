"""A real house for a real browser: a server in a thread, a database file of its own, its mails.

The tests of other rooms run inside one transaction of an in-memory database, which a server's
threads could neither see nor share. Here each test gets a copy of a file prepared once: what it
writes is committed, what the server writes is seen, and nothing is left behind.
"""

from __future__ import annotations

import fcntl
import os
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.contenttypes.models import ContentType
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core import mail
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from core.models import OutgoingMail
from core.worker import DatabaseQueue, Worker

SIZES = {
    "desktop": {"width": 1360, "height": 900},
    "phone": {"width": 390, "height": 844},
    "small": {"width": 320, "height": 640},
}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# The shell draws the same pages, without the windows around them that nobody looks at: a new
# context costs a third of the processor's time.
CHROMIUM = shutil.which("chromium-headless-shell")
# Patient: the machine may be busy with the other tests.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
# At most how long each answer lets itself be waited for, in seconds: a weak network, under which a
# test that looks before the page is whole fails at once instead of by chance.
WEAK_NETWORK = float(os.environ.get("WEAK_NETWORK", "0"))
LINK = re.compile(r"https?://[^\s<>\"]+")


class Handler(StaticFilesHandler):
    """The product and its static files, over the network that was asked for."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        time.sleep(random.uniform(0, WEAK_NETWORK))
        return super().__call__(environ, start_response)


def start_server() -> LiveServerThread:
    """Serve the product on a free port of `localhost` (passkeys want a name, not an address)."""
    server = LiveServerThread("localhost", Handler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    return server


class Databases:
    """The files that tests start from, each prepared once for all the processes of this run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str, prepare: Callable[[], Any]) -> Path:
        """The file called `name`: the product's tables, and what `prepare` puts in them."""
        path = self.folder / f"{name}.sqlite3"
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                self._make(path, self._migrated(), prepare)
        return path

    def _migrated(self) -> Path:
        path = self.folder / "migrated.sqlite3"
        if not path.exists():
            self._make(path, None, lambda: call_command("migrate", verbosity=0))
        return path

    def _make(self, path: Path, start: Path | None, prepare: Callable[[], Any]) -> None:
        unfinished = path.with_suffix(".new")
        if start:
            shutil.copy(start, unfinished)
        with lived_in(unfinished):
            prepare()
        unfinished.rename(path)


@contextmanager
def lived_in(path: Path) -> Iterator[None]:
    """Make `path` the database of this thread and of the server's."""
    outside, settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**settings, "NAME": str(path)}
    del connections["default"]
    # Kept by the process, and numbered otherwise in each database.
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        ContentType.objects.clear_cache()
        connections["default"].close()
        connections.settings["default"] = settings
        connections["default"] = outside


class Mailbox:
    """The mails that left."""

    def to(self, address: str) -> list[Any]:
        return [one for one in mail.outbox if address in one.to]

    def last(self, address: str) -> Any:
        return self.to(address)[-1]

    def link(self, address: str, part: str) -> str:
        """The path of the last link containing `part` in the last mail to this address."""
        found = [url for url in LINK.findall(self.last(address).body) if part in url]
        return path_of(found[-1])


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def work() -> None:
    """What the worker does: its tick, then every task that waits; and again once the mails of
    threads were held."""
    Worker(DatabaseQueue("browser tests")).run_once()
    OutgoingMail.objects.filter(state="waiting", name="reply").update(not_before=timezone.now())
    Worker(DatabaseQueue("browser tests")).run_once()


class Watch:
    """What a page must never do: an error in the console, a breach of the policy, a request to
    another host, a missing resource, a server error."""

    def __init__(self, context: BrowserContext, host: str) -> None:
        self.host = host
        self.troubles: list[str] = []
        self.asked: list[str] = []
        context.on("console", lambda message: self._console(message))
        context.on("weberror", lambda error: self.troubles.append(f"exception: {error.error}"))
        context.on("request", lambda request: self._request(request))
        context.on("response", lambda response: self._response(response))

    def _console(self, message: Any) -> None:
        # A resource that answers with an error is looked at below, with its kind.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            where = message.page.url if message.page else "?"
            self.troubles.append(f"console on {where}: {message.text}")

    def _request(self, request: Any) -> None:
        self.asked.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.troubles.append(f"another host: {request.url}")

    def _response(self, response: Any) -> None:
        kind = response.request.resource_type
        answers = kind in ("document", "fetch", "xhr")
        if response.status >= (500 if answers else 400):
            self.troubles.append(f"{response.status} for the {kind} {response.url}")


class House:
    """What a test holds: the address, the visits, the mailbox."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.mailbox = Mailbox()
        self.watches: dict[BrowserContext, Watch] = {}

    def visit(
        self,
        user: User | None = None,
        *,
        size: str = "desktop",
        scheme: Any = "light",
        js: bool = True,
        **options: Any,
    ) -> Page:
        """A new window, of somebody signed in or of a visitor, on nothing yet."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport=SIZES[size],  # type: ignore[arg-type]
            color_scheme=scheme,
            java_script_enabled=js,
            reduced_motion="reduce",
            locale="fr-CA",
            timezone_id="America/Toronto",
            has_touch=size != "desktop",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self.watches[context] = Watch(context, urlsplit(self.address).netloc)
        if user is not None:
            self.sign_in(context, user)
        return context.new_page()

    def sign_in(self, context: BrowserContext, user: User) -> None:
        client = Client()
        client.force_login(user, backend="accounts.backends.AccountBackend")
        value = client.cookies["ancrage"].value
        context.add_cookies([{"name": "ancrage", "value": value, "url": self.address}])

    def watch(self, page: Page) -> Watch:
        return self.watches[page.context]

    def leave(self) -> list[str]:
        """Close every window; answer what went wrong in them."""
        troubles = [one for watch in self.watches.values() for one in watch.troubles]
        for context in self.watches:
            context.close()
        return troubles
