"""What is said of a document, checked: the one way in, whoever says it (page, import, demo)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import Organisation
from community.models import SubCommunity
from core import terms
from core.audience import Audienced, Level
from core.errors import NotAllowed
from core.fetching import check_address
from core.models import Term
from core.text import one_line
from library.errors import (
    BadDate,
    FieldMissing,
    FieldTooLong,
    NoOrganisation,
    NotAMember,
    PublicWithoutPermission,
    SpaceClosed,
    TooManyTags,
    UnknownChoice,
)
from library.models import Document, Licence
from library.models.document import LANGUAGES, check_issued
from library.permissions import spaces_to_deposit_in
from library.roles import ROLES
from library.titles import title_key
from library.vocabularies import TYPES, facet_of

if TYPE_CHECKING:
    from accounts.models import User

MAX_TAGS = 12
MAX_TAG = 40
MAX_CONTRIBUTORS = 30

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LINES = frozenset(
    {"title", "alternative", "authors", "publisher_name", "extent", "period", "isbn", "doi"}
    | {"source", "rights_holder"}
)
REQUIRED = ("title", "publisher_name", "abstract", "issued", "type", "language", "licence", "level")


class Metadata(TypedDict, total=False):
    """The words of a document. What is absent keeps its value, or is empty in a new one.

    `publisher_name` may be left out when `publisher` is given. `terms` are codes by scheme
    (`library.vocabularies`), all of them at once. `contributors` are {"name", "role"}.
    `organisation` is not said: at the level `organisme` it is that of who shares.
    """

    title: str
    alternative: str
    authors: str
    publisher: Organisation | None
    publisher_name: str
    contributors: list[dict[str, str]]
    abstract: str
    issued: str
    type: str
    language: str
    extent: str
    period: str
    isbn: str
    doi: str
    source: str
    licence: str
    rights_holder: str
    embargo_until: date | None
    review_on: date | None
    level: str
    space: SubCommunity | None
    terms: Mapping[str, Collection[str]]
    tags: Iterable[str]


def fill(document: Document, given: Metadata, *, by: User) -> None:
    """Write the given words into `document`, unsaved, and check the whole.

    Raises `FieldMissing`, `FieldTooLong`, `UnknownChoice`, `BadDate`, `NotAnAddress`,
    `PublicWithoutPermission`, and what `place` raises when the audience changes.
    """
    words: dict[str, Any] = dict(given)
    words.pop("terms", None)
    words.pop("tags", None)
    placed: dict[str, Any] = {name: words.pop(name) for name in ("level", "space") if name in words}
    publisher = words.get("publisher")
    if publisher is not None and not words.get("publisher_name"):
        words["publisher_name"] = publisher.name
    for name, value in words.items():
        setattr(document, name, _clean(name, value))
    if placed and _moves(document, placed):
        place(document, by=by, **placed)
    document.title_key = title_key(document.title)
    _check(document)


def check(given: Metadata, *, by: User) -> None:
    """Check what would be said of a new document, and write nothing. Raises what `fill` raises,
    and `TooManyTags`."""
    fill(Document(owner=by), given, by=by)
    _tags(given.get("tags", ()))


def _clean(name: str, value: Any) -> Any:
    if name == "contributors":
        return _contributors(value)
    if not isinstance(value, str):
        return value
    value = CONTROLS.sub("", value)
    return one_line(value) if name in LINES else value.strip()


def line(name: str, value: str, limit: int) -> str:
    """One line of text for the field `name`. Raises `FieldTooLong`."""
    value = one_line(CONTROLS.sub("", value))
    if len(value) > limit:
        raise FieldTooLong(name)
    return value


def _contributors(value: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    found = []
    for one in value:
        name = one_line(CONTROLS.sub("", one.get("name", "")))
        if not name:
            continue
        if one.get("role") not in ROLES:
            raise UnknownChoice("contributors")
        found.append({"name": name, "role": one["role"]})
    if len(found) > MAX_CONTRIBUTORS or any(len(one["name"]) > 120 for one in found):
        raise FieldTooLong("contributors")
    return found


def _check(document: Document) -> None:
    for name in REQUIRED:
        if not getattr(document, name):
            raise FieldMissing(name)
    for field in document._meta.concrete_fields:
        value = getattr(document, field.attname)
        limit = getattr(field, "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit and field.name != "title_key":
            raise FieldTooLong(field.name)
    try:
        check_issued(document.issued)
    except ValidationError:
        raise BadDate from None
    if document.type not in terms.scheme(TYPES) and _changed(document, "type"):
        raise UnknownChoice("type")
    if document.language not in dict(LANGUAGES):
        raise UnknownChoice("language")
    if document.licence not in Licence.values:
        raise UnknownChoice("licence")
    if document.link:
        check_address(document.link)
    if document.level == Level.PUBLIC and document.licence == Licence.UNKNOWN:
        raise PublicWithoutPermission


def _changed(document: Document, name: str) -> bool:
    """Whether a saved row says something else: a word that was retired since stays allowed."""
    kept = Document.objects.filter(pk=document.pk).values_list(name, flat=True).first()
    return bool(kept != getattr(document, name))


# ---------------------------------------------------------------------------------- audience


def _moves(document: Document, placed: Mapping[str, Any]) -> bool:
    space = placed.get("space", document.space)
    level = placed.get("level", document.level)
    if level != document.level:
        return True
    return level == Level.SPACE and (space is None or space.pk != document.space_id)


def place(
    document: Audienced,
    *,
    by: User,
    level: str = "",
    space: SubCommunity | None = None,
) -> None:
    """Set the audience columns of a document, or of a collection. Raises `NotAllowed`,
    `NotAMember`, `SpaceClosed`, `NoOrganisation`, `FieldMissing`, `UnknownChoice`."""
    level = level or document.level
    organisation = None
    if level == Level.SPACE:
        space = space or document.space
        if space is None:
            raise FieldMissing("space")
        _require_space(space, by)
    elif level == Level.ORGANISATION:
        organisation = by.organisation
        if organisation is None:
            raise NoOrganisation
    elif level == Level.ANIMATION:
        if not by.is_animator:
            raise NotAllowed
    elif level not in (Level.PUBLIC, Level.COMMUNITY):
        raise UnknownChoice("level")
    document.level = level
    document.space = space if level == Level.SPACE else None
    document.organisation = organisation


def _require_space(space: SubCommunity, by: User) -> None:
    if spaces_to_deposit_in(by).filter(pk=space.pk).exists():
        return
    if space.archived_at is not None and space in SubCommunity.objects.readable_by(by):
        raise SpaceClosed
    raise NotAMember


# ------------------------------------------------------------------------------------- words


def set_words(document: Document, given: Metadata) -> None:
    """Write the terms and keywords of a saved document, when they are given.

    Raises `UnknownChoice` and `TooManyTags`.
    """
    if "terms" in given:
        document.terms.set(_terms(given["terms"], kept=document))
    if "tags" in given:
        document.tags.set(_tags(given["tags"]))


def _terms(codes: Mapping[str, Collection[str]], *, kept: Document) -> list[Term]:
    """The terms of these codes. A retired one stays only where it was."""
    asked = {scheme: set(some) for scheme, some in codes.items() if some}
    if not asked:
        return []
    for scheme in asked:
        if facet_of(scheme) is None:
            raise UnknownChoice(scheme)
    named = Q()
    for scheme, some in asked.items():
        named |= Q(scheme=scheme, code__in=some)
    found = list(Term.objects.filter(named))
    before = set(kept.terms.values_list("pk", flat=True))
    for scheme, some in asked.items():
        good = {
            term.code
            for term in found
            if term.scheme == scheme and (not term.retired or term.pk in before)
        }
        if good != some:
            raise UnknownChoice(scheme)
    return found


def _tags(tags: Iterable[str]) -> list[str]:
    """Keywords in lower case, once each, in the order in which they were given."""
    cleaned = (one_line(CONTROLS.sub("", tag).lower()) for tag in tags)
    found = [tag for tag in dict.fromkeys(cleaned) if tag]
    if len(found) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in found):
        raise TooManyTags
    return found


def identity(submission: uuid.UUID | None, by: User, what: str) -> uuid.UUID | None:
    """Which deposit this is: this form, sent by this person, about this file or link. Somebody
    else's form is nobody's."""
    return None if submission is None else uuid.uuid5(submission, f"{by.pk}:{what}")
