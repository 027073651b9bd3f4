"""What threads bring to the notification centre: one line for all that is unread in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.audience import State
from core.text import French
from forums.models import Post, ReadPosition, Thread
from notifications.attention import wanted_q, with_attention
from notifications.centre import Notice, source
from notifications.models import Mention

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


# Nobody counts further.
COUNTED = 100


@source("threads")
def threads(person: User, most: int) -> list[Notice]:
    """The threads that she follows, or that name her, with something that she has not read."""
    return [_notice(thread) for thread in _unread(person)[:most]]


def _unread(person: User) -> QuerySet[Any]:
    read = ReadPosition.objects.filter(user_id=person.pk, thread_id=OuterRef("pk"))
    new = Post.objects.filter(
        thread_id=OuterRef("pk"), position__gt=OuterRef("read_to"), state=State.PUBLISHED
    ).exclude(author_id=person.pk)
    named = new.filter(Exists(Mention.objects.to("post", OuterRef("pk")).filter(user_id=person.pk)))
    rows = with_attention(
        Thread.objects.readable_by(person).unread_by(person),
        "thread",
        user=person.pk,
        object_id=OuterRef("pk"),
        space_id=OuterRef("space_id"),
    ).annotate(
        read_to=Coalesce(
            Subquery(read.values("position")[:1]), Value(0), output_field=IntegerField()
        )
    )
    counted = new.filter(position__gt=OuterRef("newest_position") - COUNTED)
    number = counted.order_by().values("thread_id").annotate(number=Count("pk")).values("number")
    return (
        rows.annotate(named=Exists(named), number=Coalesce(Subquery(number), Value(1)))
        .filter(wanted_q(Exists(named)), Exists(new))
        .select_related("space", "last_author")
        .order_by("-named", "-last_post_at", "-pk")
    )


def _notice(thread: Any) -> Notice:
    number = thread.number
    author = thread.last_author.short_name if thread.last_author else _("a member without a name")
    said = ngettext(
        "%(n)s unread message, by %(author)s",
        "%(n)s unread messages, the last one by %(author)s",
        number,
    )
    return Notice(
        title=French(thread.title),
        url=f"{thread.get_absolute_url()}?nouveau",
        what=said % {"n": number, "author": author},
        at=thread.last_post_at,
        space=thread.space,
        named=thread.named,
    )
