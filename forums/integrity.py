"""What the kept columns of threads, messages and polls should hold."""

from __future__ import annotations

from django.db.models import Case, Exists, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from community.integrity import reactions
from core.audience import State
from core.integrity import counted, counters
from forums.kinds import COLUMNS
from forums.models import Ballot, Choice, Poll, PollOption, Post, Thread

published = Post.objects.filter(state=State.PUBLISHED)
newest = published.filter(thread=OuterRef("pk")).order_by("-position").values("position")[:1]

counters(
    Thread,
    reply_count=counted(published.filter(position__gt=1), "thread"),
    # Of a thread without a message left to read, the last place stays as it was.
    newest_position=Coalesce(Subquery(newest), F("newest_position")),
)
counters(Post, **reactions("post", COLUMNS))
counters(Poll, voters=counted(Ballot.objects.all(), "poll"))
# Of a poll without names nothing is kept that could be counted again.
unnamed = Exists(Poll.objects.filter(pk=OuterRef("poll"), unnamed=True))
counters(
    PollOption,
    votes=Case(When(unnamed, then=F("votes")), default=counted(Choice.objects.all(), "option")),
)
