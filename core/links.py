"""Ties between objects of registered kinds: this thread discusses that document.

A tie says nothing by itself. Who reads one end is shown the other only if she may read it, asked
of its kind at that moment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from core import content, log
from core.events import emit
from core.models import Link

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer

MOST = 50


@dataclass(frozen=True)
class End:
    """One end of a tie, as a page names it."""

    title: str
    url: str
    icon: str
    label: str | Promise


def end(obj: Any, viewer: Viewer) -> End:
    """How `viewer`, who reads `obj`, is told of it."""
    kind = content.kind_of(obj)
    return End(kind.title(obj, viewer), obj.get_absolute_url(), kind.icon, kind.label)


@transaction.atomic
def link(
    source: Model, target: Model, *, by: User, unnamed: bool = False, makes: bool = False
) -> Link:
    """Tie `source` to `target`, once; who did so is not kept when she is `unnamed`. `makes` says
    that the caller checked that `by` may speak for `source`, which she is making: it may be read
    by nobody yet.

    Raises `ObjectDoesNotExist` when `by` does not read both.
    """
    ends = {"source": source, "target": target}
    columns: dict[str, Any] = {}
    for end, obj in ends.items():
        name = content.kind_of(obj).name
        if not (makes and end == "source"):
            content.find_readable(name, obj.pk, by)
        columns |= {f"{end}_kind": name, f"{end}_id": obj.pk}
    maker = None if unnamed else by
    tie, made = Link.objects.get_or_create(**columns, defaults={"made_by": maker})
    if made:
        log.record("link.made", source, by=maker, kind=columns["target_kind"], id=target.pk)
        emit("link.made", **columns)
    return tie


@transaction.atomic
def unlink(one: Model, other: Model, *, by: User) -> bool:
    """Undo the tie of two objects, whichever speaks of the other; whether there was one. The
    caller checked that `by` may."""
    names = content.kind_of(one).name, content.kind_of(other).name
    here = Q(source_kind=names[0], source_id=one.pk, target_kind=names[1], target_id=other.pk)
    there = Q(source_kind=names[1], source_id=other.pk, target_kind=names[0], target_id=one.pk)
    undone, _rows = Link.objects.filter(here | there).delete()
    if undone:
        log.record("link.undone", one, by=by, kind=names[1], id=other.pk)
        emit("link.undone", kind=names[0], id=one.pk, other_kind=names[1], other_id=other.pk)
    return bool(undone)


def has_any(kind: str, object_id: Any) -> QuerySet[Link]:
    """The ties of an object, or of the outer row of a query (`OuterRef`)."""
    ends = Q(source_kind=kind, source_id=object_id) | Q(target_kind=kind, target_id=object_id)
    return Link.objects.filter(ends)


def others(obj: Model, viewer: Viewer, *, kind: str = "") -> list[Any]:
    """What is tied to `obj` and that `viewer` may read now (of one kind, when it is given), newest
    tie first. One query for the ties, and one for each kind."""
    name = content.kind_of(obj).name
    wanted: dict[str, list[int]] = defaultdict(list)
    for tie in has_any(name, obj.pk).order_by("-pk")[:MOST]:
        here = (tie.source_kind, tie.source_id) == (name, obj.pk)
        end = (tie.target_kind, tie.target_id) if here else (tie.source_kind, tie.source_id)
        if not kind or end[0] == kind:
            wanted[end[0]].append(end[1])
    return [found for name, ids in wanted.items() for found in _readable(name, ids, viewer)]


def _readable(name: str, ids: list[int], viewer: Viewer) -> list[Any]:
    try:
        kind = content.get(name)
    except content.UnknownKind:
        return []
    rows = kind.for_rows(kind.readable_by(viewer).filter(pk__in=ids))
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


@transaction.atomic
def move(kind: str, old_id: int, new_id: int) -> None:
    """What was tied to one object is tied to another of its kind: they became one."""
    for tie in has_any(kind, old_id).select_for_update():
        columns = {
            "source_kind": tie.source_kind,
            "source_id": tie.source_id,
            "target_kind": tie.target_kind,
            "target_id": tie.target_id,
        }
        for end in ("source", "target"):
            if (columns[f"{end}_kind"], columns[f"{end}_id"]) == (kind, old_id):
                columns[f"{end}_id"] = new_id
        itself = columns["source_kind"] == columns["target_kind"] == kind
        itself = itself and columns["source_id"] == columns["target_id"]
        if itself or Link.objects.filter(**columns).exists():
            tie.delete()
        else:
            Link.objects.filter(pk=tie.pk).update(**columns)


def parse(value: str, viewer: Viewer) -> Any:
    """The object that `document-12` names in an address, if it may be discussed and `viewer` may
    read it; None for anything else."""
    name, _dash, number = value.rpartition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    try:
        kind = content.get(name)
        return content.find_readable(name, int(number), viewer) if kind.discussed else None
    except (content.UnknownKind, ObjectDoesNotExist):
        return None
