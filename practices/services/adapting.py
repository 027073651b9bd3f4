"""Adaptations: a sheet of one's own organisation derived from another's, and what differs."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import log, terms
from core.events import emit, on
from core.text import one_line
from practices.content import Content
from practices.errors import (
    AdaptingRefused,
    AgreementMissing,
    FieldTooLong,
    NotYourOrganisation,
    WrongStage,
)
from practices.models import Credit, Sheet, WorkingSection
from practices.sections import BY_NAME
from practices.services.common import credit, editable, proposable, show, touch
from practices.services.writing import begin_sheet

if TYPE_CHECKING:
    from accounts.models import Organisation, User

# One component, kept (`instead` is empty) or replaced.
Differs = list[dict[str, str]]
# The facts of the organisation of origin, which are not those of another: where it began from, with
# whom, at what cost, what it obtained, whom to call, who consented.
NOT_COPIED: dict[str, tuple[str, ...]] = {
    "identite": ("contact", "since", "running"),
    "besoin": ("context",),
    "public": ("yearly",),
    "visees": ("regions", "settings"),
    "deroulement": ("staff", "partners"),
    "cout": ("detail",),
    "resultats": (),
    "ethique": (),
    "perennite": ("sustainability", "ownership"),
    "anglais": (),
}
MOST_COMPONENT = 300


class Right:
    """What the bearing organisation allows (`perennite.adapting`)."""

    ASKED = "demande"
    REFUSED = "non"


def right_to_adapt(sheet: Sheet, by: User) -> str:
    """What `by` has to know before adapting it; nothing for the organisation's own people."""
    if by.organisation_id == sheet.bearer_id:
        return ""
    return str(sheet.content.get("perennite", {}).get("adapting", ""))


def essential_of(sheet: Sheet) -> list[str]:
    """The essential components that an adaptation keeps or replaces."""
    return list(sheet.content.get("composantes", {}).get("essential", []))


@transaction.atomic
def adapt(
    sheet: Sheet,
    *,
    by: User,
    title: str = "",
    instead: Sequence[str] = (),
    agreed: bool = False,
    submission: uuid.UUID | None = None,
) -> Sheet:
    """A draft of the organisation of `by` that begins with what `sheet` says, less what is not
    hers to say. `instead` says, for each essential component in order, what takes its place; an
    empty one is kept. `agreed` says that the organisation of origin was asked.

    The same `submission` sent again gives the same draft. Raises `Missing`, `Withdrawn`,
    `GuestsRead`, `WrongStage`, `NotYourOrganisation`, `AdaptingRefused`, `AgreementMissing`,
    `FieldTooLong`.
    """
    origin, _rights = proposable(sheet, by)
    if by.organisation is None:
        raise NotYourOrganisation
    right = right_to_adapt(origin, by)
    if right == Right.REFUSED:
        raise AdaptingRefused
    if right == Right.ASKED and not agreed:
        raise AgreementMissing
    differs = _differs(essential_of(origin), instead)
    made = begin_sheet(
        by=by,
        bearer=by.organisation,
        title=title.strip() or origin.title,
        derived_from=origin,
        differs=differs,
        submission=submission,
    )
    if made.credits.filter(role=Credit.Role.ORIGIN).exists():
        return made
    _begin_with(made, content_for(origin, made, differs), by)
    credit(made, None, origin.bearer, Credit.Role.ORIGIN)
    log.record("sheet.adapted", origin, by=by, sheet=made.pk)
    return made


def _differs(components: Sequence[str], instead: Sequence[str]) -> Differs:
    said = [one_line(one) for one in instead]
    if any(len(one) > MOST_COMPONENT for one in said):
        raise FieldTooLong("instead")
    said += [""] * (len(components) - len(said))
    pairs = zip(components, said, strict=False)
    return [{"component": one, "instead": other} for one, other in pairs]


def content_for(origin: Sheet, made: Sheet, differs: Differs) -> Content:
    """What the draft begins with: what the origin says, its own title, its own place, and its own
    essential components."""
    content = copy.deepcopy(origin.content)
    for name, fields in NOT_COPIED.items():
        for field in fields or tuple(content.get(name, {})):
            content.get(name, {}).pop(field, None)
    content["identite"] = content.get("identite", {}) | {"title": made.title}
    content["visees"] = content.get("visees", {}) | _place_of(made.bearer)
    if differs:
        essential = [one["instead"] or one["component"] for one in differs]
        content["composantes"] = content.get("composantes", {}) | {"essential": essential}
    return {name: values for name, values in content.items() if values}


def _place_of(organisation: Organisation) -> dict[str, Any]:
    place = {"regions": organisation.region, "settings": organisation.setting}
    visees = BY_NAME["visees"]
    return {
        name: [code]
        for name, code in place.items()
        if code and terms.known(visees.field(name).scheme, code)
    }


def _begin_with(made: Sheet, content: Content, by: User) -> None:
    for name, values in content.items():
        WorkingSection.objects.update_or_create(
            sheet=made, name=name, defaults={"values": values, "changed_by": by}
        )
    show(made, content)
    made.save()


@transaction.atomic
def set_differs(sheet: Sheet, instead: Sequence[str], *, by: User) -> Sheet:
    """Say again, component by component, what an adaptation keeps and replaces.

    Raises `Missing`, `Withdrawn`, `GuestsRead`, `NotABearer`, `WrongStage`, `FieldTooLong`.
    """
    sheet, _rights = editable(sheet, by)
    if sheet.derived_from is None:
        raise WrongStage
    sheet.differs = _differs([one["component"] for one in sheet.differs], instead)
    touch(sheet, "differs")
    log.record("sheet.differs", sheet, by=by)
    emit("sheet.changed", sheet=sheet.pk)
    return sheet


# ---------------------------------------------------------------------------- the kept counter


def recount_adaptations(origin_id: int) -> None:
    """Keep how many published sheets were adapted from that one."""
    with transaction.atomic():
        origin = Sheet.objects.select_for_update().filter(pk=origin_id).first()
        if origin is not None:
            origin.adaptation_count = Sheet.objects.published().filter(derived_from=origin).count()
            origin.save(update_fields={"adaptation_count"})


@on("sheet.published")
@on("sheet.hidden")
@on("sheet.put_back")
@on("sheet.withdrawn")
def _count_again(payload: dict[str, Any]) -> None:
    """A sheet came, or left: so did an adaptation of another."""
    found = Sheet.objects.filter(pk=payload["sheet"]).values_list("derived_from_id", flat=True)
    for origin_id in found:
        if origin_id is not None:
            recount_adaptations(origin_id)
