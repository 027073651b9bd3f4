"""Messages kept at hand, and the mail that reminds of them. Not journaled: nobody's business."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from core.mail import queue
from core.schedule import daily
from forums.errors import WrongReminder
from forums.models import Bookmark, Post
from forums.services.common import Missing

if TYPE_CHECKING:
    from accounts.models import User

FARTHEST = timedelta(days=366)


@transaction.atomic
def bookmark(post: Post, *, by: User, remind_on: date | None = None) -> Bookmark:
    """Keep `post`, and be reminded of it on that day; a second time changes the day.

    Raises `Missing` when `by` does not read it, `WrongReminder`.
    """
    if not Post.objects.readable_by(by).filter(pk=post.pk).exists():
        raise Missing
    today = timezone.localdate()
    if remind_on is not None and not today < remind_on <= today + FARTHEST:
        raise WrongReminder
    kept, _made = Bookmark.objects.update_or_create(
        user=by, post=post, defaults={"remind_on": remind_on}
    )
    return kept


def drop_bookmark(post: Post, *, by: User) -> None:
    """No longer keep it. Always allowed, and without a word when it was not kept."""
    Bookmark.objects.filter(user=by, post=post).delete()


@daily(hour=7, name="forums.remind")
def remind() -> None:
    """One mail a bookmark whose day has come. Who may no longer read the message is asked when
    the mail leaves."""
    due = Bookmark.objects.filter(remind_on__lte=timezone.localdate())
    for kept in due.select_related("user").iterator(500):
        with transaction.atomic():
            queue(
                "reminder", to=kept.user, about=kept, dedupe=f"reminder:{kept.pk}:{kept.remind_on}"
            )
            # Unless she chose another day in the meantime.
            Bookmark.objects.filter(pk=kept.pk, remind_on=kept.remind_on).update(remind_on=None)
