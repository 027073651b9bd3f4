"""On the page of a sheet: improvements, credits, adaptations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Q, When

from practices.models import Credit, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from practices.content import Content
    from practices.permissions import Rights

# The newest ones; the tree has them all.
ADAPTATIONS = 5


@dataclass
class Giver:
    """An organisation, and its people who gave something; of nobody's organisation, the people."""

    organisation: str
    people: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """Those who are credited for the same thing."""

    label: str
    givers: list[Giver]


def panel(request: HttpRequest, sheet: Sheet, rights: Rights, content: Content) -> dict[str, Any]:
    """What its partials need, beside what the page has already: the credits in one query, the
    sheets around this one in another when there are some. A visitor is told of the organisation
    that bears the sheet, and of no other."""
    if not request.user.is_authenticated:
        return {}
    rows = Credit.objects.filter(sheet=sheet).select_related("person", "organisation")
    found: dict[str, Any] = {"credit_groups": groups(rows)}
    if sheet.adaptation_count or sheet.derived_from_id:
        near = Sheet.objects.readable_by(request.user).published()
        near = near.filter(Q(derived_from=sheet) | Q(pk=sheet.derived_from_id or 0))
        first = Case(When(pk=sheet.derived_from_id or 0, then=0), default=1)
        near = near.select_related("bearer").order_by(first, "-published_at", "-pk")
        around = list(near[: ADAPTATIONS + 1])
        others = [one for one in around if one.pk != sheet.derived_from_id]
        found["adaptations"] = others[:ADAPTATIONS]
        found["origin"] = next((one for one in around if one.pk == sheet.derived_from_id), None)
    return found


def groups(credits: Iterable[Credit]) -> list[Group]:
    """The credits by role, each organisation once, each person once in it."""
    by_role: dict[str, dict[str, Giver]] = {}
    for credit in credits:
        organisation = credit.organisation.name if credit.organisation is not None else ""
        person = credit.person.full_name if credit.person is not None else ""
        if not (organisation or person):
            continue
        givers = by_role.setdefault(credit.role, {})
        giver = givers.setdefault(organisation, Giver(organisation))
        if person and person not in giver.people:
            giver.people.append(person)
    return [
        Group(str(role.label), list(by_role[role].values()))
        for role in Credit.Role
        if role in by_role
    ]
