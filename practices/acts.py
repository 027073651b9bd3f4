"""The acts of the life of a sheet, as its page offers them: one row each.

The services decide (`practices.services.life`); a row says when the page offers the act, what it
asks, and in which words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audience import Level, State
from practices.forms import life as forms
from practices.models import Sheet
from practices.permissions import Rights
from practices.services import life

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from accounts.models import User

Progress = Sheet.Progress
WAITING = (Progress.SUBMITTED, Progress.REVIEW)
MINE = (Progress.DRAFT, Progress.CORRECTIONS, Progress.REFUSED)

Offered = Callable[[Sheet, Rights], bool]


class Group(StrEnum):
    """Under which heading the page puts an act."""

    REVIEW = "review"
    SHOWCASE = "showcase"
    PEOPLE = "people"
    END = "end"


HEADINGS = {
    Group.REVIEW: pgettext_lazy("the life of a sheet", "Review"),
    Group.SHOWCASE: _("Showcase"),
    Group.PEOPLE: _("Who looks after it"),
    Group.END: _("End of its life"),
}


@dataclass(frozen=True)
class Act:
    """`name` is its address. `label` is its button, `title` and `text` its own page when it asks
    for words or is grave (`asks`); without, one press does it. `leaves` says that the sheet may no
    longer exist for her afterwards."""

    name: str
    label: str | Promise
    done: str | Promise
    run: Callable[..., Any]
    offered: Offered
    form: type[forms.ActForm] = forms.ActForm
    asks: bool = False
    title: str | Promise = ""
    text: str | Promise = ""
    icon: str = ""
    danger: bool = False
    # What is to be done next, when it is offered: the first such act stands alone above the others.
    main: bool = False
    group: Group = Group.REVIEW
    leaves: bool = False
    # It publishes or submits the whole of what is prepared: that is looked into first.
    whole: bool = False


def _published(sheet: Sheet, rights: Rights) -> bool:
    return rights.edit and sheet.is_published


def _may_submit(sheet: Sheet, rights: Rights) -> bool:
    return rights.edit and sheet.progress in MINE


def _decides(sheet: Sheet, rights: Rights) -> bool:
    return rights.review and sheet.progress in WAITING


def _may_consent(sheet: Sheet, rights: Rights) -> bool:
    return rights.consent and sheet.consented_at is None


ACTS: tuple[Act, ...] = (
    Act(
        name="soumettre",
        label=_("Submit for review…"),
        title=_("Submit this sheet?"),
        text=_("The animators review it, and answer you here. Until then it is no longer changed, "
               "but you may take it back."),
        done=_("The sheet is submitted: the animators review it."),
        run=life.submit,
        offered=_may_submit,
        form=forms.SubmitForm,
        asks=True,
        main=True,
        whole=True,
        icon="up",
    ),
    Act(
        name="publier-changements",
        label=_("Publish the changes…"),
        title=_("Publish the changes?"),
        text=_("Everybody who reads the sheet reads them at once, as its next version."),
        done=_("The changes are published."),
        run=life.publish_changes,
        offered=lambda sheet, rights: (
            _published(sheet, rights)
            and sheet.progress != Progress.NONE
            and (rights.moderates or sheet.progress not in WAITING)
        ),
        form=forms.ChangesForm,
        asks=True,
        main=True,
        whole=True,
        icon="check",
    ),
    Act(
        name="reprendre",
        label=_("Take it back"),
        done=_("The sheet is yours to change again."),
        run=life.take_back,
        offered=lambda sheet, rights: rights.edit and sheet.progress == Progress.SUBMITTED,
        icon="reply",
    ),
    Act(
        name="prendre",
        label=_("Take it for review"),
        done=_("You review this sheet: the other animators see it."),
        run=life.claim,
        offered=lambda sheet, rights: _decides(sheet, rights),
        icon="hand",
        main=True,
    ),
    Act(
        name="publier",
        label=_("Publish…"),
        title=_("Publish this sheet?"),
        text=_("Every member reads it. Its bearers are told by mail."),
        done=_("The sheet is published."),
        run=life.publish,
        offered=_decides,
        form=forms.PublishForm,
        asks=True,
        main=True,
        whole=True,
        icon="check",
    ),
    Act(
        name="corriger",
        label=_("Ask for corrections…"),
        title=_("Ask for corrections?"),
        text=_("The sheet goes back to its bearers, and returns to you when they submit it again."),
        done=_("Corrections are asked: the bearers are told by mail."),
        run=life.ask_corrections,
        offered=_decides,
        form=forms.CorrectionsForm,
        asks=True,
        icon="edit",
    ),
    Act(
        name="refuser",
        label=_("Refuse…"),
        title=_("Refuse this sheet?"),
        text=_("It is not published as it is. What is published already stays."),
        done=_("The sheet is refused: the bearers are told by mail."),
        run=life.refuse,
        offered=lambda sheet, rights: (
            rights.review and sheet.progress in (*WAITING, Progress.CORRECTIONS)
        ),
        form=forms.RefusalForm,
        asks=True,
        danger=True,
        icon="close",
    ),
    Act(
        name="rendre",
        label=_("Leave it to another animator"),
        done=_("Another animator may take it."),
        run=life.release,
        offered=lambda sheet, rights: rights.review and sheet.progress == Progress.REVIEW,
        icon="out",
    ),
    Act(
        name="confirmer",
        label=_("It still holds…"),
        title=_("Confirm that it still holds?"),
        text=_("You looked at it again and it is right as it is. It is to be looked at again in "
               "twelve months."),
        done=_("The sheet holds for twelve more months."),
        run=life.confirm_review,
        offered=lambda sheet, rights: _published(sheet, rights) and sheet.archived_at is None,
        form=forms.WordsForm,
        asks=True,
        icon="clock",
    ),
    Act(
        name="archiver",
        label=_("Archive…"),
        title=_("Archive this sheet?"),
        text=_("It is no longer kept up: it leaves the directory, and who has its address reads "
               "it with a word that says so."),
        done=_("The sheet is archived."),
        run=life.archive,
        offered=lambda sheet, rights: _published(sheet, rights) and sheet.archived_at is None,
        form=forms.WordsForm,
        asks=True,
        group=Group.END,
        icon="book",
    ),
    Act(
        name="desarchiver",
        label=_("Bring it back from the archive"),
        done=_("The sheet is in the directory again."),
        run=life.unarchive,
        offered=lambda sheet, rights: rights.edit and sheet.archived_at is not None,
        group=Group.END,
        icon="reply",
    ),
    Act(
        name="consentir",
        label=_("Consent to the showcase…"),
        title=_("Consent to the showcase?"),
        text=_("In the name of the bearing organisation: everybody may read the published sheet, "
               "without an account, once an animator has opened it. You may take the consent back "
               "at any time: the sheet leaves the showcase at once."),
        done=_("The consent is noted."),
        run=life.give_consent,
        offered=lambda sheet, rights: _may_consent(sheet, rights) and rights.answers,
        asks=True,
        group=Group.SHOWCASE,
        icon="globe",
    ),
    Act(
        name="consentir",
        label=_("Note a consent received…"),
        title=_("Note a consent received"),
        text=_("The organisation that bears the sheet told you that it consents to the showcase: "
               "everybody may then read the published sheet, without an account, once it is "
               "opened. It may take the consent back at any time."),
        done=_("The consent is noted."),
        run=life.give_consent,
        offered=lambda sheet, rights: _may_consent(sheet, rights) and not rights.answers,
        form=forms.NotedForm,
        asks=True,
        group=Group.SHOWCASE,
        icon="globe",
    ),
    Act(
        name="ouvrir",
        label=_("Open it to the public…"),
        title=_("Open this sheet to the public?"),
        text=_("Everybody may read it, without an account: search engines too. Look at it once "
               "more: nobody may be recognised in it."),
        done=_("The sheet is in the showcase."),
        run=life.open_to_public,
        offered=lambda sheet, rights: (
            rights.review
            and sheet.is_published
            and sheet.consented_at is not None
            and sheet.level != Level.PUBLIC
        ),
        asks=True,
        main=True,
        group=Group.SHOWCASE,
        icon="globe",
    ),
    Act(
        name="fermer",
        label=_("Keep it for members"),
        done=_("The sheet is for members only."),
        run=life.close_to_public,
        offered=lambda sheet, rights: (
            rights.review and (sheet.level == Level.PUBLIC or sheet.awaits_opening)
        ),
        group=Group.SHOWCASE,
        icon="lock",
    ),
    Act(
        name="retirer-consentement",
        label=_("Take the consent back…"),
        title=_("Take the consent back?"),
        text=_("The sheet leaves the showcase at once, and stays for members."),
        done=_("The consent is taken back: the sheet is for members only."),
        run=life.withdraw_consent,
        offered=lambda sheet, rights: rights.consent and sheet.consented_at is not None,
        asks=True,
        group=Group.SHOWCASE,
        icon="lock",
    ),
    Act(
        name="porteuses",
        label=_("Name who looks after it…"),
        title=_("Who looks after this sheet"),
        text=_("They change it, publish its next versions and answer improvements. They are people "
               "of the bearing organisation."),
        done=_("Those who look after the sheet are named."),
        run=life.name_bearers,
        offered=lambda sheet, rights: rights.consent,
        form=forms.BearersForm,
        asks=True,
        leaves=True,
        group=Group.PEOPLE,
        icon="people",
    ),
    Act(
        name="retirer",
        label=_("Withdraw…"),
        title=_("Withdraw this sheet?"),
        text=_("It is no longer read nor found. Those who read it see, at its address, its title "
               "and your reason. What nobody read yet leaves no trace."),
        done=_("The sheet is withdrawn."),
        run=life.withdraw,
        offered=lambda sheet, rights: rights.edit and sheet.state != State.REMOVED,
        form=forms.WithdrawalForm,
        asks=True,
        danger=True,
        leaves=True,
        group=Group.END,
        icon="trash",
    ),
)  # fmt: skip


def named(name: str, sheet: Sheet, rights: Rights) -> Act | None:
    """The act at this address: of two, the one that is offered to her."""
    rows = [act for act in ACTS if act.name == name]
    return next((act for act in rows if act.offered(sheet, rights)), rows[0] if rows else None)


def offered(sheet: Sheet, rights: Rights, user: User) -> list[Act]:
    """The acts that the page offers her now, the main ones first; not to take what is hers."""
    claimed = sheet.progress == Progress.REVIEW and sheet.claimed_by_id == user.pk
    found = [
        act
        for act in ACTS
        if act.offered(sheet, rights) and not (claimed and act.run is life.claim)
    ]
    return sorted(found, key=lambda act: not act.main)


def grouped(found: list[Act]) -> tuple[Act | None, list[tuple[str | Promise, list[Act]]]]:
    """What is to be done next, if something is, and the other acts under their headings."""
    first = found[0] if found and found[0].main else None
    others = [act for act in found if act is not first]
    rows = [(label, [act for act in others if act.group == one]) for one, label in HEADINGS.items()]
    return first, [(label, acts) for label, acts in rows if acts]
