"""What the other rooms know of sheets and of what stands in them: `core.content`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Reaction
from core import content
from core.content import Kind
from practices import home, indexed, trial_kind
from practices.content import words
from practices.models import Sheet
from practices.models.sheet import space_of
from practices.services.life import hide_sheet, restore_sheet

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer

COLUMNS = {Reaction.Type.THANKS: "thanks_count", Reaction.Type.USEFUL: "useful_count"}


def sheet_title(sheet: Sheet, viewer: Viewer) -> str:
    return sheet.title or _("Sheet without a title")


def sheet_author(sheet: Sheet, viewer: Viewer) -> User | None:
    """Who began it; a visitor is told of the organisation only."""
    return sheet.owner if viewer.is_authenticated else None


def sheet_snapshot(sheet: Sheet) -> dict[str, Any]:
    return {"title": sheet.title, "text": "\n\n".join(words(sheet.content))}


def sheet_reacted(sheet_id: int, type: str, delta: int) -> None:
    column = COLUMNS[Reaction.Type(type)]
    Sheet.objects.filter(pk=sheet_id).update(**{column: F(column) + delta})


def register() -> None:
    content.register(
        Kind(
            name="sheet",
            model=Sheet,
            label=gettext_lazy("practice sheet"),
            plural=gettext_lazy("practice sheets"),
            icon="practice",
            title=sheet_title,
            author=sheet_author,
            snapshot=sheet_snapshot,
            row_template="practices/sheet_row.html",
            for_rows=home.for_rows,
            space=space_of,
            discussed=True,
            indexed=indexed.SHEETS,
            hide=hide_sheet,
            restore=restore_sheet,
            on_home=home.on_home,
            to_decide=home.to_decide,
            outcome_url=trial_kind.outcome_url,
            birth_url=trial_kind.birth_url,
            reacted=sheet_reacted,
            reactions=tuple(COLUMNS),
        )
    )
    trial_kind.register()
