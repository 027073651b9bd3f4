"""On the page of a sheet: trials, what one keeps, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from community.models import Reaction
from practices.models import Interest, Trial
from practices.shown import expiry_said

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from core.audience import Viewer
    from practices.content import Content
    from practices.models import Sheet
    from practices.permissions import Rights

# On the page of the sheet; the others are one link away.
SHOWN = 4


def panel(request: HttpRequest, sheet: Sheet, rights: Rights, content: Content) -> dict[str, Any]:
    """Two queries for a member, one while nobody has tried it; none for a visitor."""
    context: dict[str, Any] = {"evidence_expiry": expiry_said(sheet.evidence_expiry)}
    user = request.user
    if not user.is_authenticated:
        return context
    trials: list[Trial] = []
    if sheet.trial_count:
        rows = Trial.objects.readable_by(user).filter(sheet=sheet)
        trials = list(drawn(rows, user).abandoned_among_first()[:SHOWN])
    return context | {
        "trials": trials,
        "some_abandoned": any(one.outcome == Trial.Outcome.ABANDONED for one in trials),
        "more_trials": sheet.trial_count > len(trials),
        "kept": Interest.objects.of(user).kept().filter(sheet=sheet).exists(),
    }


def drawn(rows: Any, user: Viewer) -> Any:
    """The trials with what their rows draw: whose, and whether she thanked for it."""
    mine: QuerySet = Reaction.objects.filter(
        user_id=user.pk or 0, kind="trial", object_id=OuterRef("pk"), type=Reaction.Type.THANKS
    )
    return rows.select_related("organisation", "owner").annotate(thanked=Exists(mine))
