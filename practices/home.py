"""What sheets bring to the pages that show many kinds: home, the animators' console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.content import Decision, Section
from practices.models import Sheet

if TYPE_CHECKING:
    from accounts.models import User

HOME_ROWS = 3
REVIEW_MINUTES = 20


def for_rows(rows: Any) -> Any:
    """What a row of a list draws of a sheet."""
    return rows.select_related("bearer")


def on_home(user: User) -> Section:
    """A place for what is new, which the page asks for once it is scrolled to: home has no query
    to spare."""
    return Section("practices/on_home.html", {})


def news(user: User) -> list[Sheet]:
    """The sheets improved last."""
    rows = Sheet.objects.readable_by(user).live()
    return list(for_rows(rows).improved_first()[:HOME_ROWS])


def to_decide(user: User, rows: int) -> list[Decision]:
    """The sheets that await a review, longest waiting first."""
    waiting = Sheet.objects.moderated_by(user).filter(
        progress__in=(Sheet.Progress.SUBMITTED, Sheet.Progress.REVIEW)
    )
    found = waiting.select_related("bearer", "claimed_by").order_by("submitted_at")[:rows]
    return [_decision(sheet) for sheet in found]


def _decision(sheet: Sheet) -> Decision:
    details = [sheet.bearer.name]
    if sheet.claimed_by is not None:
        details.append(_("taken by %(name)s") % {"name": sheet.claimed_by.full_name})
    return Decision(
        chip=gettext_lazy("Practice sheet"),
        title=sheet.title or _("Sheet without a title"),
        quiet_title=_("A practice sheet to review"),
        since=sheet.submitted_at or sheet.updated_at,
        url=sheet.get_absolute_url(),
        action=gettext_lazy("Review"),
        minutes=REVIEW_MINUTES,
        details=details,
    )
