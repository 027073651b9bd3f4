"""Who could answer: members of the space whose own words meet the question's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Skill, User
from accounts.querysets import active_q
from community.models import Membership
from core.text import fold
from forums.models import Post, Thread
from moderation.models import Ask

# Two requests a month at most, so that helpful people stay willing.
ASKS_A_MONTH = 2


@dataclass(frozen=True)
class Candidate:
    """A person, and the keywords of hers that the question holds."""

    person: User
    words: list[str]


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


def candidates(thread: Thread, limit: int = 5) -> list[Candidate]:
    """The best-fitting people first: most of their *je peux aider* words in the question."""
    question = f" {fold(_words_of(thread))} "
    people = may_be_asked(thread).select_related("organisation")
    found: dict[int, list[str]] = {}
    skills = Skill.objects.filter(
        direction=Skill.Direction.HELPS, profile__owner__in=people
    ).values_list("profile__owner_id", "word", "folded")
    for person_id, word, folded in skills:
        if _meets(folded, question):
            found.setdefault(person_id, []).append(word)
    best = sorted(found, key=lambda pk: (-len(found[pk]), pk))[:limit]
    by_id = people.in_bulk(best)
    return [Candidate(by_id[pk], found[pk]) for pk in best if pk in by_id]


def _words_of(thread: Thread) -> str:
    opening = thread.posts.filter(position=1).values_list("text", flat=True).first() or ""
    tags = " ".join(tag.name for tag in thread.tags.all())
    return f"{thread.title} {tags} {opening}".replace("’", " ").replace("'", " ")


def _meets(keyword: str, question: str) -> bool:
    """Whether the keyword, or each of its long words by its first letters, is in the question:
    « transitions scolaires » meets « la transition vers le secondaire scolaire »."""
    if f" {keyword} " in question:
        return True
    stems = [word[: max(5, len(word) - 2)] for word in keyword.split() if len(word) > 3]
    return bool(stems) and all(f" {stem}" in question for stem in stems)
