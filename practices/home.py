"""What sheets bring to the pages that show many kinds: home, the animators' console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audience import State
from core.content import Decision, Section
from practices.models import Sheet

if TYPE_CHECKING:
    from accounts.models import User

HOME_ROWS = 3
REVIEW_MINUTES = 20
OPENING_MINUTES = 5


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
    """The sheets that await a review, and those whose organisation consented to the showcase,
    longest waiting first."""
    mine = Sheet.objects.moderated_by(user).select_related("bearer", "claimed_by")
    mine = mine.exclude(state__in=(State.HIDDEN, State.REMOVED))
    review = mine.filter(progress__in=(Sheet.Progress.SUBMITTED, Sheet.Progress.REVIEW))
    opening = mine.filter(awaits_opening=True, state=State.PUBLISHED)
    return [
        *(_decision(sheet) for sheet in review.order_by("submitted_at")[:rows]),
        *(_opening(sheet) for sheet in opening.order_by("consented_at")[:rows]),
    ]


def _decision(sheet: Sheet) -> Decision:
    details = [sheet.bearer.name]
    if sheet.claimed_by is not None:
        details.append(_("taken by %(name)s") % {"name": sheet.claimed_by.full_name})
    return Decision(
        chip=gettext_lazy("Practice sheet"),
        title=sheet.title or _("Sheet without a title"),
        quiet_title=_("A practice sheet to review"),
        since=sheet.submitted_at or sheet.updated_at,
        url=reverse("practices:life", args=(sheet.pk,)),
        action=gettext_lazy("Review"),
        minutes=REVIEW_MINUTES,
        details=details,
    )


def _opening(sheet: Sheet) -> Decision:
    return Decision(
        chip=gettext_lazy("Showcase"),
        title=sheet.title or _("Sheet without a title"),
        quiet_title=_("A sheet to open to the public"),
        since=sheet.consented_at or sheet.updated_at,
        url=reverse("practices:life", args=(sheet.pk,)),
        action=gettext_lazy("Look at it"),
        minutes=OPENING_MINUTES,
        details=[sheet.bearer.name],
    )
