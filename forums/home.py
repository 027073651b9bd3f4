"""What threads bring to the pages that show many kinds: a member's home, the page of a space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Length
from django.utils import timezone

from community.models import Membership, Reaction, SubCommunity
from core.audience import State
from core.content import Appeal, OpenItem, Reading, Section
from core.text import fold
from forums.models import Post, ReadPosition, Thread
from forums.querysets import UNREAD_DAYS
from notifications.incoming import space_address
from notifications.models import Mention

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer

# French, spaces and punctuation included.
LETTERS_A_WORD = 6
# The reading time is measured on the newest threads, on their newest messages: enough to tell
# six minutes from half an hour.
MEASURED_THREADS = 30
MEASURED_POSTS = 20
CANDIDATES = 40
WAITING = 5
SPACE_ROWS = 15
# Among the replies of so many recent threads, one to thank for.
THANKABLE_THREADS = 20
SHORT_WORD = 3


def reading(user: User, rows: int, since: datetime | None) -> Reading:
    """The threads of her spaces with something that she has not read, which of them moved since
    her last visit, and which name her in what is unread (`names_her`)."""
    measured = max(rows, MEASURED_THREADS)
    threads = (
        Thread.objects.readable_by(user)
        .unread_by(user)
        .select_related("space", "owner")
        .annotate(
            letters=Coalesce(Subquery(_unread_letters(user)), 0), names_her=_names_unread(user)
        )
        .recent_first()
    )
    found: list[Any] = list(threads[:measured])
    for thread in found:
        thread.is_unread = True
    fresh = [thread for thread in found if since is not None and thread.last_post_at > since]
    return Reading(
        rows=found[:rows],
        words=_words(found),
        measured=len(found),
        fresh=len(fresh),
        fresh_words=_words(fresh),
    )


def _words(threads: list[Any]) -> int:
    return sum(thread.letters for thread in threads) // LETTERS_A_WORD


def _unread_letters(user: User) -> QuerySet:
    """The length of what is unread in the outer thread, of its last messages at most."""
    seen = ReadPosition.objects.filter(user_id=user.pk, thread_id=OuterRef("thread_id"))
    read_to = Coalesce(Subquery(seen.values("position")[:1]), Value(0))
    newest = OuterRef("newest_position") - Value(MEASURED_POSTS)
    return (
        Post.objects.filter(thread_id=OuterRef("pk"), state=State.PUBLISHED)
        .filter(position__gt=Greatest(read_to, newest))
        .order_by()
        .values("thread_id")
        .annotate(letters=Sum(Length("text")))
        .values("letters")
    )


def _names_unread(user: User) -> Exists:
    """Whether an unread message of the outer thread names her."""
    seen = ReadPosition.objects.filter(
        user_id=user.pk, thread_id=OuterRef("thread_id"), position__gte=OuterRef("position")
    )
    named = Mention.objects.to("post", OuterRef("pk")).filter(user_id=user.pk)
    unread = Post.objects.filter(~Exists(seen), thread_id=OuterRef("pk"), state=State.PUBLISHED)
    return Exists(unread.filter(Exists(named)).exclude(author_id=user.pk))


def appeal(user: User, words: Sequence[str], function: str) -> Appeal | None:
    """The unanswered question of her spaces that meets one of her words; failing that, the oldest
    one of a space meant for her function."""
    questions = list(_unanswered_by_others(user))
    best: tuple[int, Thread, str] | None = None
    for thread in questions:
        for word in words:
            score = _meets(word, thread)
            if score and (best is None or score > best[0]):
                best = (score, thread, word)
    if best is not None:
        return _appeal(best[1], best[2])
    suited = [one for one in questions if function and function in one.space.functions]
    return _appeal(suited[0], "") if suited else None


def _unanswered_by_others(user: User) -> QuerySet:
    """Longest unanswered first, among the newest. The audience rule is in the selection of the
    newest, in this same query."""
    opening = Post.objects.filter(thread_id=OuterRef("pk"), position=1).values("text")
    newest = (
        Thread.objects.readable_by(user)
        .unanswered()
        .filter(_in_my_spaces(user), created_at__gt=_horizon(), locked_at=None)
        .exclude(owner=user)
        .order_by("-created_at")
        .values("pk")[:CANDIDATES]
    )
    return (
        Thread.objects.filter(pk__in=newest)
        .select_related("space", "owner__organisation")
        .prefetch_related("tags")  # type: ignore[misc]
        .annotate(opening_text=Subquery(opening[:1]))
        .order_by("created_at", "id")
    )


def _in_my_spaces(user: User) -> Exists:
    mine = Membership.objects.current().filter(user_id=user.pk, space_id=OuterRef("space_id"))
    return Exists(mine)


def _horizon() -> Any:
    return timezone.now() - timedelta(days=UNREAD_DAYS)


def _meets(word: str, thread: Any) -> int:
    """How well a keyword of a person meets a thread: 2 by its title or keywords, 1 by its text."""
    roots = _roots(word)
    if not roots:
        return 0
    tags = " ".join(tag.name for tag in thread.tags.all())
    if _all_in(roots, fold(f"{thread.title} {tags}")):
        return 2
    return 1 if _all_in(roots, fold(thread.opening_text or "")) else 0


def _roots(word: str) -> list[str]:
    """A keyword without small words nor plurals: « milieux isolés » gives milieu, isole."""
    parts = fold(word).replace("'", " ").replace("-", " ").split()
    return [part.rstrip("sx") for part in parts if len(part) > SHORT_WORD]


def _all_in(roots: list[str], text: str) -> bool:
    words = text.replace("'", " ").replace("-", " ").split()
    return all(any(word.startswith(root) for word in words) for root in roots)


def _appeal(thread: Thread, word: str) -> Appeal:
    return Appeal(
        title=thread.title,
        url=thread.get_absolute_url(),
        space=thread.space,
        asked_at=thread.created_at,
        author=thread.author,
        word=word,
    )


def waiting(user: User) -> Iterable[OpenItem]:
    """Her questions that nobody answered yet, newest first."""
    mine = Thread.objects.readable_by(user).unanswered().filter(owner=user)
    return [
        OpenItem(title=thread.title, url=thread.get_absolute_url())
        for thread in mine.select_related("space").order_by("-last_post_at", "-id")[:WAITING]
    ]


def to_thank(user: User) -> tuple[Post, str] | None:
    """The most thanked recent reply of her spaces that she did not thank for. The audience rule
    is in the selection of the threads, in this same query."""
    recent = (
        Thread.objects.readable_by(user).filter(_in_my_spaces(user)).recent_first().values("pk")
    )
    thanked = Reaction.objects.filter(
        user_id=user.pk, kind="post", object_id=OuterRef("pk"), type=Reaction.Type.THANKS
    )
    replies = Post.objects.filter(
        ~Exists(thanked),
        thread_id__in=recent[:THANKABLE_THREADS],
        # The last messages of each: a thread of five thousand must not be weighed whole.
        position__gt=Greatest(F("thread__last_position") - Value(MEASURED_POSTS), Value(1)),
        state=State.PUBLISHED,
    )
    post = (
        replies.exclude(author=user)
        .select_related("author__organisation", "thread__space")
        .order_by("-thanks_count", "-id")
        .first()
    )
    return (post, post.get_absolute_url()) if post is not None else None


def first_reading(user: User) -> QuerySet:
    """The pinned threads of her spaces, which a newcomer reads first, with `opened`."""
    seen = ReadPosition.objects.filter(user_id=user.pk, thread_id=OuterRef("pk"), position__gt=0)
    return (
        Thread.objects.readable_by(user)
        .filter(_in_my_spaces(user), pinned=True)
        .annotate(opened=Exists(seen))
        .select_related("space")
        .order_by(F("space__position"), "-last_post_at")
    )


def in_space(space: SubCommunity, viewer: Viewer) -> Section:
    """The newest threads of the space, the pinned ones first."""
    threads = (
        Thread.objects.readable_by(viewer)
        .filter(space=space)
        .select_related("space", "owner", "last_author")
    )
    if viewer.is_authenticated:
        threads = threads.with_unread(viewer)
    pinned = list(threads.filter(pinned=True).recent_first()[:3])
    newest = list(threads.filter(pinned=False).recent_first()[:SPACE_ROWS])
    rows = [*pinned, *newest]
    address = space_address(space)
    return Section("forums/in_space.html", {"space": space, "threads": rows, "address": address})
