"""What the other rooms know of documents, versions and collections: `core.content`."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Reaction
from core import content
from core.content import Action, Kind
from library import home, indexed
from library.models import Collection, Document, Version
from library.permissions import may_deposit
from library.services.asides import hide_document, restore_document
from library.services.collections import hide_collection, restore_collection

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer

COLUMNS = {Reaction.Type.THANKS: "thanks_count", Reaction.Type.USEFUL: "useful_count"}


def document_title(document: Document, viewer: Viewer) -> str:
    """The title; of a confidential space, only for who reads it there."""
    space = document.space
    if space is not None and space.confidential and not document.can_be_read_by(viewer):
        return _("Document in a confidential space")
    return document.title


def version_title(version: Version, viewer: Viewer) -> str:
    return document_title(version.document, viewer)


def collection_title(collection: Collection, viewer: Viewer) -> str:
    space = collection.space
    if space is not None and space.confidential and not collection.can_be_read_by(viewer):
        return _("Collection in a confidential space")
    return collection.title


def depositor(document: Document, viewer: Viewer) -> User | None:
    return document.owner


def version_author(version: Version, viewer: Viewer) -> User | None:
    return version.by


def collector(collection: Collection, viewer: Viewer) -> User | None:
    return collection.owner


def document_snapshot(document: Document) -> dict[str, Any]:
    return {"title": document.title, "text": document.abstract, "authors": document.authors}


def version_snapshot(version: Version) -> dict[str, Any]:
    found = document_snapshot(version.document)
    return found | {"number": version.number, "note": version.note}


def collection_snapshot(collection: Collection) -> dict[str, Any]:
    return {"title": collection.title, "text": collection.purpose}


def document_reacted(document_id: int, type: str, delta: int) -> None:
    column = COLUMNS[Reaction.Type(type)]
    Document.objects.filter(pk=document_id).update(**{column: F(column) + delta})


def collection_reacted(collection_id: int, type: str, delta: int) -> None:
    Collection.objects.filter(pk=collection_id).update(thanks_count=F("thanks_count") + delta)


def may_come_of_it(obj: Any, viewer: Any) -> bool:
    """Whether the files of a message can be put in the library: by who deposits, of a message that
    is signed. What was written without a name would be signed by the deposit."""
    kind = content.kind_of(obj)
    signed = kind.author(obj, viewer) is not None
    return kind.passages_of is not None and signed and may_deposit(viewer)


def register() -> None:
    content.register_action(
        Action(
            name="to_library",
            template="library/parts/to_library.html",
            applies=may_come_of_it,
            position=50,
            place="file",
        )
    )
    content.register(
        Kind(
            name="document",
            model=Document,
            label=gettext_lazy("document"),
            plural=gettext_lazy("documents"),
            icon="book",
            title=document_title,
            author=depositor,
            snapshot=document_snapshot,
            row_template="library/document_row.html",
            for_rows=home.for_rows,
            discussed=True,
            indexed=indexed.DOCUMENTS,
            hide=hide_document,
            restore=restore_document,
            on_home=home.on_home,
            in_space=home.in_space,
            to_decide=home.to_decide,
            reacted=document_reacted,
            reactions=tuple(COLUMNS),
        )
    )
    # Files belong to a version: they are served to whoever reads its document.
    content.register(
        Kind(
            name="version",
            model=Version,
            label=gettext_lazy("version"),
            plural=gettext_lazy("versions"),
            icon="file",
            title=version_title,
            author=version_author,
            writer=attrgetter("by_id"),
            snapshot=version_snapshot,
            row_template="library/version_row.html",
        )
    )
    content.register(
        Kind(
            name="collection",
            model=Collection,
            label=gettext_lazy("collection"),
            plural=gettext_lazy("collections"),
            icon="copy",
            title=collection_title,
            author=collector,
            snapshot=collection_snapshot,
            row_template="library/collection_row.html",
            for_rows=lambda rows: rows.select_related("space", "owner"),
            indexed=indexed.COLLECTIONS,
            hide=hide_collection,
            restore=restore_collection,
            reacted=collection_reacted,
            reactions=(Reaction.Type.THANKS.value,),
        )
    )
