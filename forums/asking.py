"""Who could answer: members of the space whose own words meet the question's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from accounts import fields
from accounts.models import Profile, Skill, User
from accounts.querysets import active_q
from community.models import Membership
from core.text import fold
from forums.models import Ask, Post, Thread

# Two requests a month at most, so that helpful people stay willing.
ASKS_A_MONTH = 2
# And three a thread, so that asking stays a gesture to somebody.
ASKS_A_THREAD = 3
APOSTROPHE = "'"
# The fact of a profile that these words are.
HELPS = "helps"


@dataclass(frozen=True)
class Candidate:
    """A person, and the keywords of hers that the question holds."""

    person: User
    words: list[str]


def _month_ago() -> Q:
    return Q(at__gt=timezone.now() - timedelta(days=30))


def may_be_asked(thread: Thread) -> QuerySet[User]:
    """Members of the thread's space who did not write in it and were not asked too often.

    Whoever wrote in it without her name stays in the list: being the one who is missing would
    tell who she is, without a line in the journal.
    """
    month = timezone.now() - timedelta(days=30)
    inside = Membership.objects.filter(user=OuterRef("pk"), space=thread.space_id, ended_at=None)
    wrote = Post.objects.filter(thread=thread, author=OuterRef("pk"), unnamed=False)
    asked = Ask.objects.filter(person=OuterRef("pk"), kind="thread", object_id=thread.pk)
    return (
        User.objects.filter(active_q(), Exists(inside), ~Exists(wrote), ~Exists(asked))
        .exclude(pk=0 if thread.unnamed else thread.owner_id or 0)
        .annotate(recently=Count("asked", filter=Q(asked__at__gt=month)))
        .filter(recently__lt=ASKS_A_MONTH)
    )


def candidates(thread: Thread, limit: int = 5, viewer: User | None = None) -> list[Candidate]:
    """The best-fitting people first: most of their *je peux aider* words in the question. With a
    `viewer`, by the words that she reads in their profiles, and never herself."""
    found = fitting([thread], viewer)[thread.pk]
    if viewer is not None:
        found.pop(viewer.pk, None)
    best = sorted(found, key=lambda pk: (-len(found[pk]), pk))[:limit]
    by_id = may_be_asked(thread).select_related("organisation").in_bulk(best)
    return [Candidate(by_id[pk], found[pk]) for pk in best if pk in by_id]


def asked_about(thread: Thread) -> QuerySet[User]:
    """Who was asked to look at it."""
    return User.objects.filter(asked__kind="thread", asked__object_id=thread.pk)


def fitting(
    threads: Sequence[Thread], viewer: User | None = None
) -> dict[int, dict[int, list[str]]]:
    """Of each thread, who may be asked and whose words meet it: thread → person → these words.

    The rule of `may_be_asked`, for many threads in as many queries as for one.
    """
    questions = _questions(threads)
    kept_out = _kept_out(threads)
    by_space: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for space, person, word, folded in _skills(threads, viewer):
        by_space[space].append((person, word, folded))
    found: dict[int, dict[int, list[str]]] = {}
    for thread in threads:
        # People share keywords: each is looked for once.
        meets = cache(partial(_meets, question=questions[thread.pk]))
        mine: dict[int, list[str]] = defaultdict(list)
        for person, word, folded in by_space[thread.space_id]:
            if person not in kept_out[thread.pk] and meets(folded):
                mine[person].append(word)
        found[thread.pk] = dict(mine)
    return found


def _skills(
    threads: Iterable[Thread], viewer: User | None
) -> QuerySet[Skill, tuple[int, int, str, str]]:
    """What the members of the threads' spaces can help with: space, person, word, folded word."""
    spaces = {thread.space_id for thread in threads}
    inside = Q(profile__owner__memberships__space__in=spaces)
    inside &= Q(profile__owner__memberships__ended_at=None)
    helpful = Skill.objects.filter(
        inside, active_q("profile__owner__"), direction=Skill.Direction.HELPS
    )
    if viewer is not None:
        profiles = Profile.objects.readable_by(viewer)
        seen = profiles.filter(fields.visible_q(viewer, Profile, HELPS))
        helpful = helpful.filter(profile__in=seen)
    return helpful.order_by("pk").values_list(
        "profile__owner__memberships__space", "profile__owner", "word", "folded"
    )


def _kept_out(threads: Sequence[Thread]) -> dict[int, set[int]]:
    """Of each thread, who wrote in it with her name, was asked about it, or was asked enough."""
    ids = [thread.pk for thread in threads]
    asks = Ask.objects.filter(_month_ago()).order_by().values("person")
    enough = asks.annotate(n=Count("pk")).filter(n__gte=ASKS_A_MONTH).values_list("person")
    weary = {person for (person,) in enough}
    out = {thread.pk: set(weary) for thread in threads}
    for thread in threads:
        if not thread.unnamed and thread.owner_id:
            out[thread.pk].add(thread.owner_id)
    wrote = Post.objects.filter(thread__in=ids, unnamed=False, author__isnull=False)
    for thread_id, person in wrote.order_by().values_list("thread", "author").distinct():
        out[thread_id].add(person)
    asked = Ask.objects.filter(kind="thread", object_id__in=ids)
    for thread_id, person in asked.values_list("object_id", "person"):
        out[thread_id].add(person)
    return out


def _questions(threads: Sequence[Thread]) -> dict[int, str]:
    """The words of each thread, folded: its title, its keywords, its opening message."""
    prefetch_related_objects(threads, "tags")
    openings = dict(
        Post.objects.filter(thread__in=[thread.pk for thread in threads], position=1).values_list(
            "thread", "text"
        )
    )
    found = {}
    for thread in threads:
        tags = " ".join(tag.name for tag in thread.tags.all())
        words = f"{thread.title} {tags} {openings.get(thread.pk, '')}"
        found[thread.pk] = f" {fold(words.replace('’', ' ').replace(APOSTROPHE, ' '))} "
    return found


def _meets(keyword: str, question: str) -> bool:
    """Whether the keyword, or each of its long words by its first letters, is in the question:
    « transitions scolaires » meets « la transition vers le secondaire scolaire »."""
    if f" {keyword} " in question:
        return True
    stems = [word[: max(5, len(word) - 2)] for word in keyword.split() if len(word) > 3]
    return bool(stems) and all(f" {stem}" in question for stem in stems)
