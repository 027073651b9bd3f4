"""Two documents that are one: what belonged to the first belongs to the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max

from community.models import Reaction
from core import links, log
from core.audience import State
from core.events import emit, run_hooks
from library.errors import NotMergeable
from library.models import CollectionItem, Document, Download, Version
from library.services.common import editable

if TYPE_CHECKING:
    from accounts.models import User

# Where a version may be read: it follows only to a place that has the same readers.
AUDIENCE = ("level", "space_id", "organisation_id")
COUNTERS = {Reaction.Type.THANKS: "thanks_count", Reaction.Type.USEFUL: "useful_count"}


@transaction.atomic
def merge_documents(old: Document, *, into: Document, by: User) -> Document:
    """`old` is a double of `into`, which takes its place; `by` may change both.

    Its address leads to `into`, for whoever read both. Reactions, ties, places in collections and
    numbers of downloads follow; so do its versions, after those of `into`, when both have the same
    readers: a merge shows nothing to anybody new. Raises `Missing`, `NotYours`, `Withdrawn`,
    `NotMergeable`.
    """
    # Always in the same order: two merges at once wait for each other.
    first, second = sorted((old.pk, into.pk))
    if first == second:
        raise NotMergeable
    found = {pk: editable(Document(pk=pk), by) for pk in (first, second)}
    old, into = found[old.pk], found[into.pk]
    if {old.state, into.state} != {State.PUBLISHED}:
        raise NotMergeable
    old.merged_after = _move_versions(old, into)
    _move_reactions(old, into)
    _move_places(old, into)
    _move_downloads(old, into)
    links.move("document", old.pk, into.pk)
    old.replaced_by, old.state = into, State.REMOVED
    old.save(update_fields=("replaced_by", "merged_after", "state"))
    _flatten(old, into)
    log.record("document.merged", old, by=by, into=into.pk)
    emit("document.merged", document=old.pk, into=into.pk)
    run_hooks("audience.changed", kind="document", ids=[old.pk])
    return into


def _move_versions(old: Document, into: Document) -> int | None:
    """Renumber the versions of `old` after those of `into`; None when they stay."""
    if any(getattr(old, name) != getattr(into, name) for name in AUDIENCE):
        return None
    after: int = into.versions.aggregate(last=Max("number"))["last"] or 0
    moved = Version.objects.filter(document=old)
    for pk, number in moved.order_by("number").values_list("pk", "number"):
        Version.objects.filter(pk=pk).update(document=into, number=after + number)
    if old.current_id is not None:
        old.current = None
        old.save(update_fields=("current",))
    return after


def _move_reactions(old: Document, into: Document) -> None:
    """Once a person and a gesture: who thanked for both thanked once."""
    both = Reaction.objects.filter(kind="document")
    for reaction in both.filter(object_id=old.pk):
        twin = both.filter(object_id=into.pk, user_id=reaction.user_id, type=reaction.type)
        if twin.exists() or reaction.user_id == into.owner_id:
            reaction.delete()
        else:
            Reaction.objects.filter(pk=reaction.pk).update(object_id=into.pk)
    for kind, column in COUNTERS.items():
        for document in (old, into):
            count = both.filter(object_id=document.pk, type=kind).count()
            Document.objects.filter(pk=document.pk).update(**{column: count})
            setattr(document, column, count)


def _move_places(old: Document, into: Document) -> None:
    there = CollectionItem.objects.filter(document=into).values("collection_id")
    CollectionItem.objects.filter(document=old, collection_id__in=there).delete()
    CollectionItem.objects.filter(document=old).update(document=into)


def _move_downloads(old: Document, into: Document) -> None:
    for month in Download.objects.filter(document=old):
        kept, made = Download.objects.get_or_create(
            document=into, month=month.month, defaults={"count": month.count}
        )
        if not made:
            Download.objects.filter(pk=kept.pk).update(count=F("count") + month.count)
    Download.objects.filter(document=old).delete()
    total: Any = F("download_count") + old.download_count
    Document.objects.filter(pk=into.pk).update(download_count=total)
    Document.objects.filter(pk=old.pk).update(download_count=0)


def _flatten(old: Document, into: Document) -> None:
    """What had been merged into `old` leads straight to `into`, its versions further on."""
    before = Document.objects.filter(replaced_by=old)
    if old.merged_after is None:
        before.update(replaced_by=into, merged_after=None)
    else:
        before.update(replaced_by=into, merged_after=F("merged_after") + old.merged_after)
