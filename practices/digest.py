"""What sheets bring to the weekly digest: those that were published or improved in the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.site import absolute
from notifications.digests import Entry, Part, Span, section
from practices.models import Sheet

if TYPE_CHECKING:
    from accounts.models import User

WEEK = timedelta(days=7)
MOST = 5


def note(people: Sequence[int], until: datetime) -> dict[int, list[int]]:
    """The sheets of the week, the same for everybody: looked for once for many people, so that a
    week without any costs nothing to anybody."""
    rows = Sheet.objects.live().filter(improved_at__gt=until - WEEK, improved_at__lte=until)
    ids = list(rows.improved_first().values_list("pk", flat=True)[:MOST])
    return dict.fromkeys(people, ids) if ids else {}


@section("practices", position=40, prepare=note)
def practices(person: User, span: Span) -> Part | None:
    """Those that she reads when her digest leaves."""
    if not span.data:
        return None
    rows = Sheet.objects.readable_by(person).live().filter(pk__in=span.data)
    found = rows.select_related("bearer", "current").improved_first()
    return Part(
        title=gettext_lazy("Practices published or improved"),
        entries=[_entry(sheet) for sheet in found],
    )


def _entry(sheet: Sheet) -> Entry:
    first = sheet.current is not None and sheet.current.number == 1
    what = _("new practice sheet") if first else _("improved")
    return Entry(
        title=sheet.title,
        url=absolute(sheet.get_absolute_url()),
        note=f"{sheet.bearer.name} · {what}",
        words=len(sheet.title.split()) + len(sheet.summary.split()),
        said=[(sheet.bearer.name, sheet.summary)],
    )
