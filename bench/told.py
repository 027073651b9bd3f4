"""What telling ten thousand people costs: a reply, its mails, their digests.

    bin/bench-told                       10,000 members, on a throw-away PostgreSQL
    bin/bench-told --members 2000        fewer

Fills the database of the environment, which must be empty: one space, its members, one thread that
all of them follow, half by mail at once and half by daily digest. Fails when a reply takes more
than 16 queries, or when a thousand digests cost more queries at the end than at the beginning.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone

from accounts.models import User
from community.models import Charter, CharterAcceptance, Membership, SubCommunity
from core import events, mail
from core.models import OutgoingMail
from forums.models import Thread
from forums.services import create_thread
from notifications.digests import queue_digests
from notifications.models import EVERYTHING, Digest, Subscription

REPLY = 16
THOUSAND = 1000
BATCH = 5000


class Counter:
    """How many statements ran, savepoints and transactions left out."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            self.queries += 1
        return execute(sql, *rest)


@contextmanager
def measured() -> Iterator[dict[str, Any]]:
    """The queries and the seconds of a block."""
    found: dict[str, Any] = {}
    counter, started = Counter(), time.monotonic()
    with connection.execute_wrapper(counter):
        yield found
    found |= {"queries": counter.queries, "seconds": round(time.monotonic() - started, 1)}


def fill(members: int) -> tuple[User, Thread]:
    """The author of the reply, and the thread that everybody follows."""
    call_command("bootstrap", verbosity=0)
    space = SubCommunity.objects.get(is_common=True)
    people = User.objects.bulk_create(
        (
            User(
                email=f"m{n}@exemple.test",
                first_name="Membre",
                last_name=str(n),
                password="!",
                last_seen_at=timezone.now(),
            )
            for n in range(members)
        ),
        batch_size=BATCH,
    )
    Membership.objects.bulk_create(
        (Membership(user=one, space=space) for one in people), batch_size=BATCH
    )
    thread = create_thread(by=people[0], space=space, text="Qui a déjà fait cela?")
    follows = [Subscription(user=one, kind="thread", object_id=thread.pk) for one in people[1:]]
    by_digest = people[1::2]
    follows += [
        Subscription(user=one, kind=EVERYTHING, object_id=0, attention="", mail="jour")
        for one in by_digest
    ]
    Subscription.objects.bulk_create(follows, batch_size=BATCH)
    before = timezone.now() - timedelta(hours=1)
    Digest.objects.bulk_create(
        (
            Digest(user=one, daily=True, daily_until=before, weekly_until=before, next_at=before)
            for one in by_digest
        ),
        batch_size=BATCH,
    )
    for charter in Charter.objects.filter(space=None):
        CharterAcceptance.objects.create(user=people[0], charter=charter)
    while events.drain():
        pass
    OutgoingMail.objects.all().delete()
    return people[0], thread


def reply(author: User, thread: Thread) -> dict[str, Any]:
    browser = Client()
    browser.force_login(author, backend="accounts.backends.AccountBackend")
    browser.get("/compte/avis/")
    with measured() as found:
        answer = browser.post(f"/discussions/{thread.pk}/repondre/", {"text": "Nous, l’an passé."})
    assert answer.status_code == 302, answer.status_code
    return found


def sent_by_thousand(name: str) -> list[dict[str, Any]]:
    """The cost of each thousand mails called `name`, in the order in which they leave."""
    found = []
    OutgoingMail.objects.filter(state="waiting", name=name).update(not_before=timezone.now())
    while True:
        with measured() as one:
            taken = mail.deliver(limit=THOUSAND)
        if not taken:
            return found
        found.append({"mails": taken, **one})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    setup_test_environment()
    settings.ALLOWED_HOSTS = ["*"]
    author, thread = fill(options.members)
    figures: dict[str, Any] = {"reply, the request": reply(author, thread)}
    with measured() as figures["reply, the queue of its mails"]:
        while events.drain():
            pass
    for number, one in enumerate(sent_by_thousand("reply"), 1):
        figures[f"mails of the reply, {one.pop('mails')} (slice {number})"] = one
    with measured() as figures["digests, their queue"]:
        queue_digests()
    digests = sent_by_thousand("digest")
    for number, one in enumerate(digests, 1):
        figures[f"digests, {one['mails']} (slice {number})"] = {
            key: value for key, value in one.items() if key != "mails"
        }
    print(f"| {options.members} members | queries | seconds |\n|---|---|---|")
    for name, one in figures.items():
        print(f"| {name} | {one['queries']} | {one['seconds']} |")
    if options.json:
        versions = {"python": platform.python_version(), "django": django.get_version()}
        versions["database"] = connection.vendor
        options.json.write_text(json.dumps({"versions": versions, "figures": figures}, indent=1))
    whole = [one["queries"] for one in digests if one["mails"] == THOUSAND]
    flat = not whole or max(whole) <= min(whole) * 1.01
    sys.exit(0 if figures["reply, the request"]["queries"] <= REPLY and flat else 1)


if __name__ == "__main__":
    main()
