"""Sixty days after a question was resolved: “have you tried it? what came of it?”, once.

Only who asked it is asked, by mail; what she answers is a reply in her thread, by the house's own
rules. An unnamed question stays unnamed: its mail goes to her alone, the journal names nobody, and
her answer is unnamed too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.querysets import active_q
from core import content, links, log, mail
from core.audience import State
from core.schedule import daily
from forums.models import Post, Thread
from forums.permissions import can_reply
from notifications import questions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from core.audience import Viewer

DAYS = 60
# Past this, the question has lost its sense: threads resolved long before are not asked about.
LATE = 30
# Of `notifications.questions`: what she may ask to hear no more.
QUESTION = "outcome_question"
# Codes of `resultats`: those that a trial of a practice has, and that nothing was tried. Their
# words follow “What came of it:”, which is said of a question, not of a sheet.
OUTCOMES = (
    ("mieux", gettext_lazy("Better")),
    ("pareil", gettext_lazy("No difference")),
    ("pire", gettext_lazy("Worse")),
    ("abandonnee", gettext_lazy("We gave up")),
    ("rien", gettext_lazy("Not tried")),
)
NOT_TRIED = "rien"

questions.register(QUESTION, gettext_lazy("What became of the questions that I asked"))


def may_be_asked(thread: Thread) -> bool:
    """Whether the question still makes sense. Asked when the mail is decided, and again when it
    leaves: not when it was reopened, locked, set aside or merged, nor in an archived space, nor of
    somebody who left."""
    person = thread.owner
    if person is None or not person.is_current or not thread.resolved:
        return False
    if thread.state != State.PUBLISHED or not thread.can_be_read_by(person):
        return False
    return can_reply(person, thread) and not questions.is_silenced(QUESTION, person)


@daily(hour=7, name="forums.ask_outcomes")
def ask_outcomes() -> None:
    """Ask those whose question was resolved sixty days ago. The mark and the mail are of one
    transaction: who runs it again after a cut asks nobody twice."""
    now = timezone.now()
    due = now - timedelta(days=DAYS)
    rows = Thread.objects.filter(
        active_q("owner__"),
        state=State.PUBLISHED,
        outcome_asked_at=None,
        resolved_at__lte=due,
        resolved_at__gt=due - timedelta(days=LATE),
    )
    for pk in rows.order_by("resolved_at", "pk").values_list("pk", flat=True).iterator():
        _ask(pk)


@transaction.atomic
def _ask(pk: int) -> None:
    rows = Thread.objects.select_for_update(of=("self",)).select_related("owner", "space")
    thread = rows.filter(pk=pk, outcome_asked_at=None).first()
    if thread is None or not may_be_asked(thread):
        return
    thread.outcome_asked_at = timezone.now()
    thread.save(update_fields=("outcome_asked_at",))
    log.record("thread.outcome_asked", thread)
    mail.queue("outcome_question", to=thread.owner, about=thread, dedupe=f"outcome:{thread.pk}")


# --------------------------------------------------------------------------- what she answers


def wording(outcome: str, words: str) -> str:
    """The text of the reply: what came of it in a line, then her words."""
    label = _("What came of it: %(outcome)s.") % {"outcome": str(dict(OUTCOMES)[outcome]).lower()}
    return f"{label}\n\n{words.strip()}" if words.strip() else label


def openings() -> tuple[str, ...]:
    """How that line begins, in each language of the site."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(_("What came of it: %(outcome)s.").partition("%(outcome)s")[0])
    return tuple(found)


def own_words(text: str) -> str:
    """A message without that line: what its author wrote herself."""
    first, _line, rest = text.partition("\n")
    return rest.strip() if first.startswith(openings()) else text


def outcome_of(text: str) -> str:
    """The outcome that a message says in its first line, in whatever language; or nothing."""
    first = text.partition("\n")[0].strip()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for outcome, _label in OUTCOMES:
                if first == wording(outcome, ""):
                    return outcome
    return ""


def answer_of(thread: Thread) -> Post | None:
    """What who asked has said of it already, since it was resolved: in the form, or in answer to
    the mail."""
    said = Q()
    for opening in openings():
        said |= Q(text__startswith=opening, created_at__gte=thread.resolved_at)
    if thread.outcome_asked_at is not None:
        said |= Q(by_mail=True, parent__position=1, created_at__gte=thread.outcome_asked_at)
    rows = Post.objects.filter(said, thread=thread, author=thread.owner_id, state=State.PUBLISHED)
    return rows.order_by("-position").first()


def places_to_tell(thread: Thread, viewer: User) -> list[tuple[Any, str]]:
    """What is tied to the thread, that she reads, and where its kind lets her tell of a trial: each
    with the address that takes it."""
    found = []
    for obj in links.others(thread, viewer):
        kind = content.kind_of(obj)
        url = kind.outcome_url(obj, viewer) if kind.outcome_url is not None else ""
        if url:
            found.append((obj, url))
    return found


def births(thread: Thread, viewer: Viewer) -> Iterable[str]:
    """Where something new may be made of the thread: one address for each kind that can."""
    for kind in content.kinds():
        url = kind.birth_url(thread, viewer) if kind.birth_url is not None else ""
        if url:
            yield url
