"""What threads bring to a digest: questions without an answer first, then what moved."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Greatest, RowNumber
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.audience import State
from core.site import absolute
from forums.models import Post, ReadPosition, Thread
from forums.querysets import AWAITS_NOTHING
from notifications.attention import wanted_q, with_attention
from notifications.digests import Entry, Part, Span, section
from notifications.models import Delivery, Mention

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

# Of so many threads, the last messages, each cut at so many words.
THREADS = 60
MESSAGES = 3
EXCERPT = 80
# A thread of five thousand messages is not counted whole.
COUNTED = 100


@section("threads", position=10)
def threads(person: User, span: Span) -> Part | None:
    """The threads that she follows, or that name her, with something new that she has not read;
    of a space without content in mails, only that there is something."""
    found = list(_moved(person, span)[: THREADS + 1])
    told = [thread for thread in found if thread.space.content_in_mail]
    shown = told[:THREADS]
    if not found:
        return None
    posts = _new_posts(person, span, shown)
    return Part(
        title=_("Discussions"),
        entries=[_entry(thread, posts[thread.pk]) for thread in shown if posts[thread.pk]],
        quiet=len(told) < len(found),
        left=len(told) - len(shown),
    )


def _moved(person: User, span: Span) -> QuerySet[Any]:
    rhythms = {Delivery.DAILY: span.daily, Delivery.WEEKLY: span.weekly}
    begun = [When(told_by=rhythm, then=Value(since)) for rhythm, since in rhythms.items() if since]
    if not begun:
        return Thread.objects.none()
    rows = with_attention(
        Thread.objects.readable_by(person),
        "thread",
        user=person.pk,
        object_id=OuterRef("pk"),
        space_id=OuterRef("space_id"),
    )
    read = ReadPosition.objects.filter(user_id=person.pk, thread_id=OuterRef("pk"))
    new = (
        Post.objects.filter(thread_id=OuterRef("pk"), state=State.PUBLISHED)
        .filter(created_at__gt=OuterRef("since"), created_at__lte=span.until)
        .filter(position__gt=Greatest(OuterRef("read_to"), OuterRef("newest_position") - COUNTED))
        .exclude(author_id=person.pk)
    )
    named = Mention.objects.to("post", OuterRef("pk")).filter(user_id=person.pk)
    number = new.order_by().values("thread_id").annotate(number=Count("pk")).values("number")
    return (
        rows.filter(last_post_at__gt=min(filter(None, rhythms.values())))
        .annotate(
            since=Case(*begun, output_field=DateTimeField()),
            read_to=Coalesce(Subquery(read.values("position")[:1]), Value(0)),
        )
        .filter(wanted_q(Exists(new.filter(Exists(named)))), Exists(new))
        .annotate(
            number=Subquery(number),
            waits=Case(
                When(Q(reply_count=0, resolved_at=None) & ~Q(kind__in=AWAITS_NOTHING), then=0),
                default=1,
            ),
        )
        .select_related("space")
        .order_by("waits", F("last_post_at").desc(), "-pk")
    )


def _new_posts(person: User, span: Span, shown: list[Any]) -> dict[int, list[Post]]:
    """The last of what is new in each of these threads: one query for all of them."""
    read = ReadPosition.objects.filter(user_id=person.pk, thread_id=OuterRef("thread_id"))
    begun: dict[Any, list[int]] = defaultdict(list)
    for thread in shown:
        begun[thread.since].append(thread.pk)
    since = Q(pk__in=())
    for moment, ids in begun.items():
        since |= Q(thread_id__in=ids, created_at__gt=moment)
    # Messages that were moved stand after newer ones: the last in place are not the last written.
    rows = (
        Post.objects.filter(since, state=State.PUBLISHED, created_at__lte=span.until)
        .filter(position__gt=Coalesce(Subquery(read.values("position")[:1]), Value(0)))
        .exclude(author_id=person.pk)
        .annotate(
            rank=Window(
                RowNumber(), partition_by=F("thread_id"), order_by=(F("created_at").desc(), "-pk")
            )
        )
        .filter(rank__lte=MESSAGES)
        .select_related("author__organisation")
        .order_by("thread_id", "position")
    )
    found: dict[int, list[Post]] = defaultdict(list)
    for post in rows:
        found[post.thread_id].append(post)
    return found


def _entry(thread: Any, posts: list[Post]) -> Entry:
    waits = thread.waits == 0
    moved = ngettext("%(n)s new message", "%(n)s new messages", thread.number)
    said = [(post.signature, Truncator(post.text).words(EXCERPT, truncate=" …")) for post in posts]
    what = _("question without an answer") if waits else moved % {"n": thread.number}
    return Entry(
        title=thread.title,
        url=absolute(thread.get_absolute_url()),
        note=f"{thread.space.name} · {what}",
        words=len(thread.title.split()) + sum(len(text.split()) for _who, text in said),
        first=waits,
        said=said,
    )
