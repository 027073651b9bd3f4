"""The weekly mail of saved searches: one a person, what is new in each, and only if something is.

Who has a digest has it there instead (`search.digest`). The clock asks for it with the moments
between which things are new, so that a mail that is tried again says the same, and the next one
begins where this one ended. What is in it is looked up when it leaves, as its reader may read it
then; of a space that keeps its content out of mails, nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.querysets import active_q
from core.mail import Message, message, queue
from core.schedule import weekly
from core.site import absolute
from notifications.digests import have_a_digest
from search import shown
from search.errors import NoSuchSpace
from search.links import stop_url
from search.models import SavedSearch
from search.wanted import Wanted, spaces_of

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import OutgoingMail
    from search.finding import Hit, Results

SHOWN = 8


@dataclass(frozen=True)
class News:
    """What is new in one saved search."""

    name: str
    url: str
    results: Results

    @property
    def hits(self) -> list[tuple[Hit, str]]:
        return [(hit, absolute(hit.url)) for hit in self.results.hits]

    @property
    def more(self) -> bool:
        return self.results.count > len(self.results.hits)


@weekly(weekday=0, hour=7, name="search.weekly")
def weekly_mail() -> None:
    """Ask for one mail a person who follows a search by mail."""
    now = timezone.now()
    rows = SavedSearch.objects.filter(active_q("user__", now), by_mail=True, told_at__lt=now)
    rows = rows.exclude(user__in=have_a_digest())
    for _pk, searches in groupby(rows.select_related("user").order_by("user", "pk"), _of_whom):
        _ask(list(searches), now)


def _of_whom(saved: SavedSearch) -> int:
    return saved.user_id


@transaction.atomic
def _ask(searches: list[SavedSearch], now: datetime) -> None:
    """The mail, and that these searches were told of up to now: both or none."""
    person, week = searches[0].user, timezone.localdate(now).isocalendar()
    since = {str(saved.pk): saved.told_at.isoformat() for saved in searches if saved.told_at}
    asked = {"since": since, "until": now.isoformat()}
    dedupe = f"saved-searches:{person.pk}:{week.year}-{week.week}"
    if queue("saved_searches", to=person, data=asked, dedupe=dedupe).data == asked:
        SavedSearch.objects.filter(pk__in=[saved.pk for saved in searches]).update(told_at=now)


@message("saved_searches")
def saved_searches(mail: OutgoingMail) -> Message | None:
    """What is new for her, or None when nothing is."""
    person = mail.recipient
    if person is None:
        return None
    asked = mail.data
    news = news_for(person, asked["since"], datetime.fromisoformat(asked["until"]))
    if not news:
        return None
    return Message(
        context={
            "news": news,
            "count": sum(one.results.count for one in news),
            "url": absolute(reverse("search:saved")),
        },
        why=_("You asked to be told each week what is new in your saved searches."),
        unsubscribe_url=stop_url(person),
    )


def news_for(person: User, since: Mapping[str, str], until: datetime) -> list[News]:
    """Of each search that she still follows by mail, what came between the moment that `since`
    gives for it and `until`; nothing of those in which nothing did."""
    spaces = spaces_of(person)
    found = []
    followed = SavedSearch.objects.filter(user=person, by_mail=True, pk__in=list(since))
    for saved in followed.order_by("pk"):
        try:
            wanted = Wanted.read(QueryDict(saved.query), spaces)
        except NoSuchSpace:
            continue
        if wanted.stays_inside:
            continue
        came = (datetime.fromisoformat(since[str(saved.pk)]), until)
        results = wanted.newest(person, size=SHOWN, came=came)
        if results.count:
            found.append(News(saved.name, absolute(shown.address(wanted)), results))
    return found
