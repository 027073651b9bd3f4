"""What the saved searches bring to the weekly digest, of who has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from notifications.digests import Entry, Part, Span, section
from search.mail import News, news_for
from search.models import SavedSearch

if TYPE_CHECKING:
    from accounts.models import User
    from search.finding import Hit


def note(people: Sequence[int], until: datetime) -> dict[int, dict[str, str]]:
    """The moments from which each person's searches are to be told; from now on, they are."""
    rows = SavedSearch.objects.filter(user__in=people, by_mail=True, told_at__lt=until)
    since: dict[int, dict[str, str]] = defaultdict(dict)
    for saved in rows:
        if saved.told_at is not None:
            since[saved.user_id][str(saved.pk)] = saved.told_at.isoformat()
    rows.update(told_at=until)
    return since


@section("searches", position=50, prepare=note)
def searches(person: User, span: Span) -> Part | None:
    """What is new in each search that she follows by mail."""
    if not span.data:
        return None
    news = news_for(person, span.data, span.until)
    return Part(
        title=_("Your saved searches"),
        entries=[entry for one in news for entry in _entries(one)],
        left=sum(one.results.count - len(one.results.hits) for one in news),
    )


def _entries(one: News) -> list[Entry]:
    return [
        Entry(
            title=hit.row.title,
            url=address,
            note=" · ".join(_places(one, hit)),
            words=len(hit.row.title.split()),
        )
        for hit, address in one.hits
    ]


def _places(one: News, hit: Hit) -> list[str]:
    space = hit.row.space
    return [one.name, str(hit.kind.label), *([space.name] if space else [])]
