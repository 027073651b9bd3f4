"""What the other rooms know of sheets and of what stands in them: `core.content`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Reaction
from core import content
from core.content import Action, Kind, Tally
from practices import home, indexed, trial_kind
from practices.content import text_of, words
from practices.finding import matching
from practices.models import Proposal, Sheet
from practices.models.sheet import space_of
from practices.permissions import may_begin, may_write
from practices.sections import BY_NAME
from practices.services.improving import hide_proposal, restore_proposal
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


def outcome_url(sheet: Sheet, viewer: Viewer) -> str:
    """Where she tells a trial of a sheet that she reads."""
    if not sheet.is_published or not may_write(viewer):
        return ""
    return reverse("practices:try", args=(sheet.pk,))


def birth_url(thread: Any, viewer: Viewer) -> str:
    """Where she makes a sheet out of a thread."""
    if not (viewer.is_authenticated and may_begin(viewer)):
        return ""
    return f"{reverse('practices:from_thread')}?fil={thread.pk}"


def proposal_title(proposal: Proposal, viewer: Viewer) -> str:
    title = sheet_title(proposal.sheet, viewer)
    return _("Improvement proposed for “%(title)s”") % {"title": title}


def proposal_author(proposal: Proposal, viewer: Viewer) -> User | None:
    return proposal.owner if viewer.is_authenticated else None


def proposal_snapshot(proposal: Proposal) -> dict[str, Any]:
    said = text_of(BY_NAME[proposal.section], proposal.values)
    return {"section": proposal.section, "why": proposal.why, "text": said}


def proposal_reacted(proposal_id: int, type: str, delta: int) -> None:
    Proposal.objects.filter(pk=proposal_id).update(thanks_count=F("thanks_count") + delta)


def may_be_made_of(obj: Any, viewer: Any) -> bool:
    """Whether a sheet can be begun from it: something made of texts, by who may begin one."""
    kind = content.kind_of(obj)
    return kind.passages is not None and viewer.is_authenticated and may_begin(viewer)


def register() -> None:
    content.register_action(
        Action(
            name="make_sheet",
            template="practices/parts/make_sheet.html",
            applies=may_be_made_of,
            position=50,
            place="page",
        )
    )
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
            tallies=(
                Tally(home.submitted_asked, home.submitted_said),
                Tally(home.due_asked, home.due_said),
            ),
            outcome_url=outcome_url,
            birth_url=birth_url,
            reacted=sheet_reacted,
            reactions=tuple(COLUMNS),
        )
    )
    content.register(
        Kind(
            name="proposal",
            model=Proposal,
            label=gettext_lazy("proposed improvement"),
            plural=gettext_lazy("proposed improvements"),
            icon="edit",
            title=proposal_title,
            author=proposal_author,
            snapshot=proposal_snapshot,
            row_template="practices/proposal_row.html",
            for_rows=lambda rows: rows.select_related("sheet", "owner", "organisation"),
            space=space_of,
            hide=hide_proposal,
            restore=restore_proposal,
            to_decide=home.proposals_to_decide,
            tallies=(Tally(home.answers_asked, home.answers_said),),
            reacted=proposal_reacted,
            reactions=(Reaction.Type.THANKS.value,),
        )
    )
    trial_kind.register()
    content.register_suiting("sheet", matching.going_with)
