"""What the other rooms know of trials: the contract of `core.content`, and how they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Reaction
from core import content
from core.audience import Level, State
from core.content import Decision, Entry, Indexed, Kind
from practices.models import Evidence, EvidenceRequest, Sheet, Trial
from practices.models.sheet import space_of
from practices.services.evidence import newest
from practices.services.trials import hide_trial, restore_trial, thanked

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from core.audience import Viewer

MINUTES = 15
# What happens to the sheet, which may change who finds its trials or where they lead.
OF_THE_SHEET = (
    "sheet.changed", "sheet.published", "sheet.hidden", "sheet.put_back", "sheet.withdrawn",
)  # fmt: skip
ITS_OWN = ("trial.told", "trial.changed", "trial.hidden", "trial.restored")


def for_rows(rows: Any) -> Any:
    """What a row of a list draws of a trial."""
    return rows.select_related("sheet", "organisation", "owner")


def title(trial: Trial, viewer: Viewer) -> str:
    return _("Trial of “%(title)s”") % {"title": trial.sheet.title}


def author(trial: Trial, viewer: Viewer) -> User | None:
    return trial.owner if viewer.is_authenticated else None


def words(trial: Trial) -> list[str]:
    """All that a trial says."""
    parts = (trial.lesson, trial.changed, trial.why, trial.changed_by, trial.period)
    return [part for part in parts if part]


def snapshot(trial: Trial) -> dict[str, Any]:
    text = "\n\n".join((str(trial.get_outcome_display()), *words(trial)))
    return {"title": trial.sheet.title, "text": text}


# -------------------------------------------------------------------------------- the search


def entries(ids: Sequence[int]) -> Iterator[Entry]:
    """Trials as members find them: never a visitor, even when the sheet is public. One query."""
    rows = Trial.objects.filter(pk__in=list(ids)).exclude(sheet__state=State.REMOVED)
    for trial in rows.select_related("sheet", "organisation", "owner"):
        sheet = trial.sheet
        told_by = trial.organisation.name if trial.organisation is not None else ""
        yield Entry(
            object_id=trial.pk,
            level=Level.COMMUNITY,
            space_id=None,
            organisation_id=None,
            owner_id=trial.owner_id,
            # Nobody reads one that is set aside, not even who told it.
            state=sheet.state if trial.state == State.PUBLISHED else State.HIDDEN,
            title=sheet.title,
            titled=False,
            url=trial.get_absolute_url(),
            dated_at=trial.created_at,
            pages=["\n\n".join((str(trial.get_outcome_display()), *words(trial)))],
            keywords=told_by,
            author_id=trial.owner_id,
            author_name=trial.owner.full_name if trial.owner is not None else told_by,
            container=("sheet", sheet.pk),
        )


def ids(after: int, limit: int) -> list[int]:
    rows = Trial.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def _this(payload: dict[str, Any]) -> list[int]:
    return [payload["trial"]]


def _of_sheet(payload: dict[str, Any]) -> list[int]:
    rows = Trial.objects.filter(sheet_id=payload["sheet"]).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _of_person(payload: dict[str, Any]) -> list[int]:
    return list(Trial.objects.filter(owner_id=payload["user"]).values_list("pk", flat=True))


INDEXED = Indexed(
    entries=entries,
    ids=ids,
    events=dict.fromkeys(ITS_OWN, _this)
    | dict.fromkeys(OF_THE_SHEET, _of_sheet)
    | {"account.renamed": _of_person},
)


# --------------------------------------------------------------------------------- the desk


def to_decide(user: User, rows: int) -> list[Decision]:
    """The levels of evidence that bearers ask for, then those that expired and of which nobody asks
    anything, longest waiting first."""
    waiting, expired = levels_asked(user), levels_expired(user)
    found = waiting.select_related("sheet__bearer").order_by("asked_at")[:rows]
    over = expired.select_related("sheet__bearer").order_by("expired_at", "pk")[:rows]
    return [*(_decision(request) for request in found), *(_expired(one) for one in over)]


def levels_asked(user: User) -> QuerySet[EvidenceRequest]:
    """The levels of evidence that bearers ask for."""
    sheets = Sheet.objects.moderated_by(user).published()
    return EvidenceRequest.objects.filter(settled_at=None, sheet__in=sheets)


def levels_expired(user: User) -> QuerySet[Evidence]:
    """Those that expired, and of which nobody asks anything."""
    sheets = Sheet.objects.moderated_by(user).published().filter(archived_at=None)
    expired = newest().exclude(expiry="").filter(sheet__in=sheets)
    return expired.exclude(sheet__in=levels_asked(user).values("sheet"))


def _decision(request: EvidenceRequest) -> Decision:
    level = _("level %(level)s asked for") % {"level": request.level}
    return Decision(
        chip=gettext_lazy("Level of evidence"),
        title=request.sheet.title,
        quiet_title=_("A level of evidence to decide"),
        since=request.asked_at,
        url=request.get_absolute_url(),
        action=gettext_lazy("Decide"),
        minutes=MINUTES,
        details=[request.sheet.bearer.name, level],
    )


def _expired(evidence: Evidence) -> Decision:
    bearer = evidence.sheet.bearer.name
    return Decision(
        chip=gettext_lazy("Level of evidence"),
        title=evidence.sheet.title,
        quiet_title=_("%(organisation)s: a level of evidence has expired")
        % {"organisation": bearer},
        since=evidence.expired_at or evidence.decided_at,
        url=reverse("practices:evidence", args=(evidence.sheet_id,)),
        action=gettext_lazy("Decide again"),
        minutes=MINUTES,
        details=[bearer, evidence.get_expiry_display()],
        sort="evidence_expired",
    )


def register() -> None:
    content.register(
        Kind(
            name="trial",
            model=Trial,
            label=gettext_lazy("trial"),
            plural=gettext_lazy("trials"),
            icon="check",
            title=title,
            author=author,
            snapshot=snapshot,
            row_template="practices/trial_row.html",
            for_rows=for_rows,
            space=space_of,
            indexed=INDEXED,
            hide=hide_trial,
            restore=restore_trial,
            to_decide=to_decide,
            reacted=thanked,
            reactions=(Reaction.Type.THANKS,),
        )
    )
