"""Collections: made, shared, filled and put in order by who owns them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from core import log
from core.audience import Level, State
from core.errors import NotAllowed
from core.events import emit, run_hooks
from library.errors import (
    CollectionFull,
    ConfidentialElsewhere,
    FieldMissing,
    FieldTooLong,
    GuestsFollow,
    NotYourCollection,
)
from library.models import Collection, CollectionItem, Document
from library.permissions import may_deposit
from library.services.asides import require_reason
from library.services.common import Missing
from library.services.metadata import CONTROLS, line, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.models import User
    from community.models import SubCommunity

MOST_ITEMS = 300
# What an owner may give to `level` besides the levels: nobody else.
PRIVATE = "moi"


@transaction.atomic
def make_collection(
    *,
    by: User,
    title: str,
    purpose: str = "",
    level: str = PRIVATE,
    space: SubCommunity | None = None,
) -> Collection:
    """A new collection, empty. `PRIVATE` with a `space` is hers alone, and may hold what is
    confidential there. Raises `GuestsFollow`, `FieldMissing`, `FieldTooLong` and what
    `metadata.place` raises."""
    if not may_deposit(by):
        raise GuestsFollow
    collection = Collection(owner=by, title=_title(title), purpose=_purpose(purpose))
    _share(collection, level, space, by)
    collection.save()
    log.record("collection.created", collection, by=by)
    emit("collection.created", collection=collection.pk)
    return collection


@transaction.atomic
def make_collection_of(
    documents: Iterable[Document],
    *,
    by: User,
    title: str,
    purpose: str = "",
    level: str = PRIVATE,
    space: SubCommunity | None = None,
) -> Collection:
    """A new collection with these documents in it, all of them or nothing. Raises what
    `make_collection` and `add_document` raise."""
    made = make_collection(by=by, title=title, purpose=purpose, level=level, space=space)
    for document in documents:
        add_document(made, document, by=by)
    return made


@transaction.atomic
def edit_collection(
    collection: Collection,
    *,
    by: User,
    title: str,
    purpose: str = "",
    level: str,
    space: SubCommunity | None = None,
) -> Collection:
    """Rename a collection, say what it is for, share it with others or with nobody any more.

    Raises `Missing`, `NotYourCollection`, and what `make_collection` raises.
    """
    collection = owned(collection, by)
    collection.title, collection.purpose = _title(title), _purpose(purpose)
    before = _audience(collection)
    _share(collection, level, space, by)
    collection.save()
    if _audience(collection) != before:
        log.record("collection.shared", collection, by=by)
    _changed(collection)
    return collection


@transaction.atomic
def remove_collection(collection: Collection, *, by: User) -> None:
    """Take a collection away; its documents stay. Raises `Missing`, `NotYourCollection`."""
    collection = owned(collection, by)
    collection.items.all().delete()
    collection.state = State.REMOVED
    collection.save(update_fields=("state",))
    log.record("collection.removed", collection, by=by)
    emit("collection.removed", collection=collection.pk)
    run_hooks("audience.changed", kind="collection", ids=[collection.pk])


@transaction.atomic
def hide_collection(collection: Collection, *, by: User, reason: str) -> Collection:
    """Set a collection aside, for who animates its place. Raises `Missing`, `NotAllowed`,
    `ReasonNeeded`."""
    reason = require_reason(reason)
    return _set_aside(collection, State.PUBLISHED, State.HIDDEN, by=by, reason=reason)


@transaction.atomic
def restore_collection(collection: Collection, *, by: User, reason: str = "") -> Collection:
    """Put back a collection that was set aside. Raises `Missing`, `NotAllowed`."""
    return _set_aside(collection, State.HIDDEN, State.PUBLISHED, by=by, reason=reason)


def _set_aside(
    collection: Collection, before: str, after: str, *, by: User, reason: str
) -> Collection:
    collection = _locked(collection)
    if not collection.can_be_moderated_by(by):
        raise NotAllowed if collection.can_be_read_by(by) else Missing
    if collection.state == before:
        collection.state = after
        collection.save(update_fields=("state",))
        verb = "collection.hidden" if after == State.HIDDEN else "collection.restored"
        log.record(verb, collection, by=by, reason=reason)
        _changed(collection)
    return collection


# --------------------------------------------------------------------------------- its documents


@transaction.atomic
def add_document(
    collection: Collection, document: Document, *, by: User, note: str = ""
) -> CollectionItem:
    """Put a document that `by` reads at the end of a collection of hers; once, however often it
    is asked. Raises `Missing`, `NotYourCollection`, `CollectionFull`, `ConfidentialElsewhere`,
    `FieldTooLong`."""
    collection = owned(collection, by)
    found = Document.objects.readable_by(by).select_related("space").filter(pk=document.pk).first()
    if found is None:
        raise Missing
    confidential = found.space is not None and found.space.confidential
    if confidential and found.space_id != collection.space_id:
        # That it exists, and what is said of it, stays inside.
        raise ConfidentialElsewhere
    items = list(collection.items.all())
    already = next((item for item in items if item.document_id == found.pk), None)
    if already is not None:
        return already
    if len(items) >= MOST_ITEMS:
        raise CollectionFull
    last = items[-1].position if items else 0
    item = CollectionItem.objects.create(
        collection=collection, document=found, position=last + 1, note=line("note", note, 400)
    )
    _touch(collection)
    return item


@transaction.atomic
def take_out(item: CollectionItem, *, by: User) -> None:
    """Raises `Missing`, `NotYourCollection`."""
    collection = owned(item.collection, by)
    item.delete()
    _touch(collection)


@transaction.atomic
def annotate(item: CollectionItem, *, by: User, note: str) -> CollectionItem:
    """Raises `Missing`, `NotYourCollection`, `FieldTooLong`."""
    collection = owned(item.collection, by)
    item.note = line("note", note, 400)
    item.save(update_fields=("note",))
    _touch(collection)
    return item


@transaction.atomic
def move_item(item: CollectionItem, *, by: User, up: bool) -> None:
    """One place up or down among the documents that `by` sees there; at an end, nowhere. Raises
    `Missing`, `NotYourCollection`."""
    collection = owned(item.collection, by)
    seen = list(collection.items.shown_to(by, collection))
    at = next((i for i, one in enumerate(seen) if one.pk == item.pk), None)
    if at is None:
        raise Missing
    if not 0 <= (to := at - 1 if up else at + 1) < len(seen):
        return
    # What she does not see keeps its place relative to what it stood beside.
    order = [one for one in collection.items.all() if one.pk != item.pk]
    beside = next(i for i, one in enumerate(order) if one.pk == seen[to].pk)
    order.insert(beside if up else beside + 1, item)
    _renumber(order)
    _touch(collection)


def _renumber(items: Sequence[CollectionItem]) -> None:
    moved = []
    for position, one in enumerate(items, start=1):
        if one.position != position:
            one.position = position
            moved.append(one)
    CollectionItem.objects.bulk_update(moved, ["position"])


# ---------------------------------------------------------------------------------------- common


def owned(collection: Collection, by: User) -> Collection:
    """The collection as it is now, locked, if `by` made it and still has her place in it. Raises
    `Missing`, `NotYourCollection`."""
    found = _locked(collection)
    if not found.can_be_read_by(by):
        raise Missing
    if found.owner_id != by.pk or not may_deposit(by):
        raise NotYourCollection
    return found


def _locked(collection: Collection) -> Collection:
    rows = Collection.objects.select_related("space")
    found = rows.select_for_update(of=("self",)).filter(pk=collection.pk).first()
    if found is None:
        raise Missing
    return found


def _share(collection: Collection, level: str, space: SubCommunity | None, by: User) -> None:
    private = level == PRIVATE
    if private:
        # Kept in its confidential space, if it is in one: what it holds does not leave it.
        here = collection.space if collection.space_id and collection.space else None
        space = space or (here if here is not None and here.confidential else None)
        level = Level.SPACE if space is not None else Level.COMMUNITY
    if (level, space) != (collection.level, collection.space) or level == Level.ORGANISATION:
        place(collection, by=by, level=level, space=space)
    collection.state = State.DRAFT if private else State.PUBLISHED


def _audience(collection: Collection) -> tuple[str, int | None, int | None, str]:
    return (
        collection.level, collection.space_id, collection.organisation_id, collection.state,
    )  # fmt: skip


def _touch(collection: Collection) -> None:
    """What it holds changed: so did the day on which it did."""
    collection.save(update_fields=("updated_at",))
    emit("collection.changed", collection=collection.pk)


def _changed(collection: Collection) -> None:
    emit("collection.changed", collection=collection.pk)
    run_hooks("audience.changed", kind="collection", ids=[collection.pk])


def _title(title: str) -> str:
    title = line("title", title, 160)
    if not title:
        raise FieldMissing("title")
    return title


def _purpose(purpose: str) -> str:
    purpose = CONTROLS.sub("", purpose).strip()
    if len(purpose) > 1000:
        raise FieldTooLong("purpose")
    return purpose
