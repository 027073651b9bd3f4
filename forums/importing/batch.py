"""Conversations of an archive, written as threads: a bounded number of messages a transaction.

Each message bears the identity of its mail in that space (`Post.submission`), so that the same
archive, run again, goes on where it stopped and changes nothing of what is there. A mail that a
later archive adds comes at the end of its thread. Nobody is told, and nobody follows.
"""

from __future__ import annotations

import io
import logging
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from community.models import SubCommunity
from core import files, log
from core.audience import Level
from core.errors import Refused
from core.events import emit
from core.leases import error_name
from core.mail.render import shortened
from core.richtext import RichText
from forums import warning
from forums.attachments import KIND
from forums.errors import EmptyMessage
from forums.importing import errors
from forums.importing.conversations import conversations
from forums.importing.mbox import HEADERS_END, Archive, Letter
from forums.models import Post, Thread
from forums.models.thread import slug_of
from forums.services.common import MAX_TEXT, MAX_TITLE, body, bump, recount
from forums.services.reading import read_along
from forums.titles import proposed_title
from notifications.incoming import Attached, parse, trim

logger = logging.getLogger(__name__)

# As many messages, about, in one transaction.
CHUNK = 300
# As many values in one condition.
VALUES = 500
NAMESPACE = uuid.UUID("6f1d6a0e-6d0b-4d3c-9a58-2f0c1b6c4a11")
# What is read of a mail's headers once its conversation is known: reading all of them takes longer
# than reading its text.
NEEDED = re.compile(rb"(?:content-[a-z-]+|mime-version)\s*:", re.I)
OVERFLOW = "message-complet.txt"


class Result(Enum):
    IMPORTED = "imported"
    WOULD_BE = "would-be"
    ALREADY = "already"
    LEFT = "left"


@dataclass
class Outcome:
    """What became of one mail. `remarks` are sentences for who reads the report."""

    letter: Letter
    result: Result
    author: User | None = None
    thread_id: int | None = None
    remarks: list[str] = field(default_factory=list)


@dataclass
class _Plan:
    """A message to be written."""

    letter: Letter
    written: RichText
    has_files: bool
    outcome: Outcome
    post: Post | None = None


class _Place(NamedTuple):
    """Where a message is."""

    pk: int
    thread_id: int


class Batch:
    """One archive brought into `space`, or looked at when `dry_run`."""

    def __init__(self, archive: Archive, space: SubCommunity, *, dry_run: bool = False) -> None:
        self.archive, self.space, self.dry_run = archive, space, dry_run
        self.groups = conversations(archive.letters)
        self.group_of = {letter.identity: group for group in self.groups for letter in group}
        self.people = _people({letter.sender for letter in archive.letters})
        self.places = self._known()

    @property
    def total(self) -> int:
        return len(self.archive.letters)

    def run(self) -> Iterator[Outcome]:
        """What becomes of each mail, conversation by conversation."""
        kept = {letter.number for letter in chain.from_iterable(self.groups)}
        for letter in self.archive.letters:
            if letter.number not in kept:
                yield Outcome(letter, Result.LEFT, remarks=[str(errors.TWICE)])
        waiting: list[list[_Plan]] = []
        for group in self.groups:
            plans = []
            for letter in group:
                outcome, plan = self._look(letter)
                if plan is None:
                    yield outcome
                else:
                    plans.append(plan)
            if plans:
                waiting.append(plans)
            if sum(map(len, waiting)) >= CHUNK:
                yield from self._write(waiting)
                waiting = []
        yield from self._write(waiting)

    def _known(self) -> dict[uuid.UUID, _Place]:
        """Where the messages of this archive that are there already stand."""
        wanted = [self._submission(letter) for letter in chain.from_iterable(self.groups)]
        found: dict[uuid.UUID, _Place] = {}
        for at in range(0, len(wanted), VALUES):
            rows = Post.objects.filter(submission__in=wanted[at : at + VALUES])
            for submission, pk, thread_id in rows.values_list("submission", "pk", "thread_id"):
                if submission is not None:
                    found[submission] = _Place(pk, thread_id)
        return found

    def _submission(self, letter: Letter) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{self.space.pk}:{letter.identity}")

    # ------------------------------------------------------------------------- what it says

    def _look(self, letter: Letter) -> tuple[Outcome, _Plan | None]:
        person = self.people.get(letter.sender)
        known = self.places.get(self._submission(letter))
        if known is not None:
            return Outcome(letter, Result.ALREADY, person, known.thread_id), None
        outcome = Outcome(letter, Result.WOULD_BE if self.dry_run else Result.IMPORTED, person)
        try:
            return outcome, self._plan(letter, outcome)
        except Refused as refusal:
            return Outcome(letter, Result.LEFT, person, remarks=[str(refusal)]), None
        except Exception as error:  # one mail that nobody foresaw does not stop ten thousand
            logger.error("e-mail %s of the archive: %s", letter.number, error_name(error))
            return Outcome(letter, Result.LEFT, person, remarks=[str(errors.UNREADABLE)]), None

    def _plan(self, letter: Letter, outcome: Outcome) -> _Plan:
        """The mail as a message. Raises `Withheld`, `Nobody`, `NothingSaid`, `Unreadable`."""
        if letter.withheld:
            raise errors.Withheld
        if not letter.name:
            raise errors.Nobody
        text, attachments = self._read(letter)
        if text[MAX_TEXT:]:
            text = _shortened(text)
            outcome.remarks.append(str(errors.SHORTENED))
        if not text.strip() and attachments:
            text = ", ".join(one.name for one in attachments)[:MAX_TEXT]
        try:
            written = body(text, "")
        except EmptyMessage:
            raise errors.NothingSaid from None
        if warning.look(text, is_html=False, title=letter.title):
            outcome.remarks.append(str(errors.TO_REREAD))
        return _Plan(letter, written, bool(attachments), outcome)

    def _read(self, letter: Letter) -> tuple[str, list[Attached]]:
        """What its author wrote in the mail, and its files; a text too long is one of them too."""
        read = parse(_slim(self.archive.raw(letter)))
        text = trim(read.text, sender_name=letter.name, keep_forwarded=True).kept
        attachments = list(read.attachments)
        if text[MAX_TEXT:]:
            attachments.append(Attached(OVERFLOW, "text/plain", text.encode()))
        return text, attachments

    # --------------------------------------------------------------------- what is written

    def _write(self, groups: list[list[_Plan]]) -> Iterator[Outcome]:
        if groups and not self.dry_run:
            with transaction.atomic():
                self._publish(groups)
        for plan in chain.from_iterable(groups):
            if plan.post is not None:
                plan.outcome.thread_id = plan.post.thread_id
            yield plan.outcome

    def _publish(self, groups: list[list[_Plan]]) -> None:
        new, grown = [], []
        for group in groups:
            thread = self._thread_of(group)
            if thread is None:
                thread = self._new_thread(group[0], len(group))
                new.append(thread)
            else:
                grown.append((thread, thread.newest_position, thread.last_post_at))
            self._place(group, thread)
        Thread.objects.bulk_create(new)
        plans = list(chain.from_iterable(groups))
        posts = [plan.post for plan in plans if plan.post is not None]
        Post.objects.bulk_create(posts)
        for post in posts:
            if post.submission is not None:
                self.places[post.submission] = _Place(post.pk, post.thread_id)
        self._tie_answers(plans)
        for plan in plans:
            self._keep_files(plan)
        for thread, newest, last_at in grown:
            arrived = [post for post in posts if post.thread_id == thread.pk]
            recount(thread)
            thread.save()
            read_along(thread, arrived, newest=newest, last_at=last_at, read={})
        ids = sorted({post.thread_id for post in posts})
        log.record("threads.imported", self.space, threads=len(new), posts=len(posts))
        emit("threads.imported", threads=ids, posts=[post.pk for post in posts])
        bump(self.space.pk)

    def _thread_of(self, group: list[_Plan]) -> Thread | None:
        """The thread where the conversation is already, wherever it was moved since: that of what
        the first new mail answers, or else of the first mail that is there."""
        first = group[0].letter
        near = [first.answers] if first.answers is not None else []
        for letter in [*near, *self.group_of[first.identity]]:
            known = self.places.get(self._submission(letter))
            if known is not None:
                rows = Thread.objects.select_for_update(of=("self",)).select_related("space")
                return rows.get(pk=known.thread_id)
        return None

    def _new_thread(self, plan: _Plan, count: int) -> Thread:
        """A thread of nobody who is told; one mail that nobody answered awaits nothing."""
        letter, author = plan.letter, plan.outcome.author
        title = shortened(letter.title, MAX_TITLE) or proposed_title(plan.written.text)
        return Thread(
            level=Level.SPACE,
            space=self.space,
            owner=author,
            organisation_id=author.organisation_id if author is not None else None,
            outsider="" if author is not None else letter.name,
            title=title,
            slug=slug_of(title),
            kind="question" if count > 1 else "annonce",
            created_at=letter.date,
        )

    def _place(self, group: list[_Plan], thread: Thread) -> None:
        """Give the messages the next positions of their thread."""
        for plan in group:
            author = plan.outcome.author
            thread.last_position += 1
            plan.post = Post(
                thread=thread,
                position=thread.last_position,
                author=author,
                outsider="" if author is not None else plan.letter.name,
                html=plan.written.html,
                text=plan.written.text,
                created_at=plan.letter.date,
                submission=self._submission(plan.letter),
            )
        last = max(group, key=lambda plan: plan.letter.date)
        thread.newest_position = thread.last_position
        thread.reply_count = thread.last_position - 1
        thread.last_post_at, thread.last_author = last.letter.date, last.outcome.author

    def _tie_answers(self, plans: list[_Plan]) -> None:
        """What a message answers, when that stands in the same thread."""
        tied = []
        for plan in plans:
            answers, post = plan.letter.answers, plan.post
            parent = self.places.get(self._submission(answers)) if answers is not None else None
            if post is not None and parent is not None and parent.thread_id == post.thread_id:
                post.parent_id = parent.pk
                tied.append(post)
        Post.objects.bulk_update(tied, ("parent",), batch_size=VALUES)

    def _keep_files(self, plan: _Plan) -> None:
        """Its files through their one door; what it refuses does not stop the words."""
        if plan.post is None or not plan.has_files:
            return
        # Read again: the files of many mails are not kept in memory.
        for one in self._read(plan.letter)[1]:
            content = io.BytesIO(one.content)
            try:
                files.bring(content, one.name, by=None, to_kind=KIND, object_id=plan.post.pk)
            except Refused as refusal:
                plan.outcome.remarks.append(f"{one.name}: {refusal}")


def _shortened(text: str) -> str:
    """As many of its first lines as a message holds."""
    text = text[:MAX_TEXT]
    return text.rpartition("\n")[0] or text


def _people(addresses: set[str]) -> dict[str, User]:
    """The members who have these addresses."""
    wanted = sorted(addresses - {""})
    found: dict[str, User] = {}
    for at in range(0, len(wanted), VALUES):
        some = wanted[at : at + VALUES]
        verified = EmailAddress.objects.filter(email__in=some, verified=True)
        found |= {row.email.lower(): row.user for row in verified.select_related("user")}
        found |= {row.email: row for row in User.objects.filter(email__in=some)}
    return found


def _slim(raw: bytes) -> bytes:
    """The mail with the headers that its body needs, signed by nobody: its author is known."""
    found = HEADERS_END.search(raw)
    head, rest = (raw[: found.start()], raw[found.end() :]) if found else (b"", raw)
    lines = re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines()
    kept = [line for line in lines if NEEDED.match(line)]
    return b"\n".join([b"From: archive@invalid", *kept]) + b"\n\n" + rest
