"""What one sending of the deposit form holds: its documents, what is wrong with them, what became
of the files that came with it.

All of it is read from the form and shown again by it: nothing is deposited until `deposit`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import files, warning
from core.composing import Refusing
from core.errors import Refused
from core.fetching import NotRead
from core.models import StoredFile
from core.ratelimit import TooMany, hit
from core.warning import Part
from core.writing import writer_token
from library import fetching, looking
from library.duplicates import Twin, twins
from library.errors import ForeignFile
from library.extraction.proposals import title_of_name
from library.forms import CardForm, SharingForm
from library.forms.sharing import first_initial
from library.looking import Look, Patience
from library.models import Document
from library.sent import loose, own
from library.services.attached import tie_to
from library.services.deposit import add_version, deposit_document
from library.services.metadata import identity
from library.views.summary import Several

if TYPE_CHECKING:
    from accounts.models import User
    from library.services.metadata import Metadata

MOST = 20
LINKS_AN_HOUR = 40
LOOKED_IN = ("title", "alternative", "abstract", "source", "filename", "label", "note")
LANGUAGES = {"fr": "fr-CA", "en": "en"}


@dataclass
class Card:
    """One document of the form. `parts` is what in it could identify a young person; `about` names
    what it will be tied to (`thread-12`)."""

    prefix: str
    stored: StoredFile | None
    form: CardForm
    parts: list[Part] = field(default_factory=list)
    about: str = ""

    @property
    def title(self) -> str:
        """What it is called where several are spoken of."""
        return str(self.form["title"].value() or (self.stored.name if self.stored else ""))


class CardRefused(Exception):
    """A document of the batch could not be deposited, and so none was."""

    def __init__(self, card: Card, refusal: Refused) -> None:
        self.card, self.refusal = card, refusal
        super().__init__()


class Batch:
    """The deposit form of one person, as she sent it.

    data      the form, as it is shown again: documents added or removed, words replaced
    cards     its documents
    sharing   what holds for all of them
    refused   the files and addresses that were not taken: (name, sentence)
    added     documents came with this very sending: they are to be described first
    waiting   some files were not looked into yet, for want of time
    """

    def __init__(self, data: QueryDict, *, user: User, wanted: str = "") -> None:
        self.user = user
        self.data = data
        self.refused: list[tuple[str, str]] = []
        self.added = False
        self.waiting = False
        self.patience = Patience()
        self.looks: dict[str, Look] = {}
        self.cards: list[Card] = []
        for name, value in first_initial(user, wanted).items():
            data.setdefault(name, value)
        # The marks of the form that will be shown again, were it sent without them.
        data["writer"] = writer_token(user)

    # ------------------------------------------------------------------ what is added, removed

    def prefixes(self) -> list[str]:
        """The documents of the form, in order, each by its number."""
        asked = self.data.getlist("card")
        good = [one for one in asked if one.isascii() and one.isdecimal() and len(one) < 4]
        return list(dict.fromkeys(good))[:MOST]

    def take_files(self, uploads: Iterable[UploadedFile]) -> None:
        """Keep the files that came with the form, so that showing it again does not lose them."""
        for upload in uploads:
            try:
                self._add_file(files.accept(upload, by=self.user))
            except Refused as refusal:
                self.refused.append((upload.name or "", str(refusal)))

    def take_sent(self, ids: Iterable[str]) -> None:
        """Add the files that were sent before the form, by `core.uploads`."""
        for one in dict.fromkeys(ids):
            stored = loose(one, self.user)
            if stored is None:
                self.refused.append(("", str(ForeignFile())))
            elif not self._holds(stored):
                self._add_file(stored)
        self.data.setlist("kept", [])

    def take_attachment(self, file_id: str, about: str) -> None:
        """Begin with a file copied from a message (`views.attachment`), tied to where it was."""
        stored = loose(file_id, self.user)
        if stored is not None and not self._holds(stored):
            self._add_file(stored)
            self.data[f"{self.prefixes()[-1]}-about"] = about

    def take_link(self, address: str) -> None:
        """Add a link, described by what its page says of itself when it answers."""
        words: dict[str, str] = {"link": address}
        try:
            if not hit("describe-link", f"user {self.user.pk}", LINKS_AN_HOUR, 3600):
                raise TooMany
            page = fetching.describe(address)
            words |= {"title": page.title, "abstract": page.description}
            words["extent"] = _minutes(page.minutes)
        except NotRead as refusal:
            self.refused.append((address, str(refusal)))
        except Refused as refusal:
            # Not an address, or too many of them: it stays where it was typed.
            self.refused.append((address, str(refusal)))
            return
        self.data["address"] = ""
        self._add(words)

    def remove(self, prefix: str) -> None:
        self.data.setlist("card", [one for one in self.prefixes() if one != prefix])

    def _holds(self, stored: StoredFile) -> bool:
        return any(self._file_of(prefix) == str(stored.pk) for prefix in self.prefixes())

    def _add_file(self, stored: StoredFile) -> None:
        words = {"file": str(stored.pk), "filename": stored.name}
        words["title"] = title_of_name(stored.name)
        self._add(words)

    def _add(self, words: dict[str, str]) -> None:
        taken = self.prefixes()
        if len(taken) >= MOST:
            sentence = _("At most %(n)s documents at once: deposit these first.") % {"n": MOST}
            self.refused.append((words.get("filename", ""), sentence))
            return
        prefix = str(max((int(one) for one in taken), default=-1) + 1)
        self.data.appendlist("card", prefix)
        words |= {"submission": str(uuid.uuid4()), "issued": str(timezone.localdate().year)}
        words["language"] = "fr-CA"
        for name, value in words.items():
            self.data[f"{prefix}-{name}"] = value
        self.added = True

    # ----------------------------------------------------------------------- what is looked at

    def open(self) -> None:
        """Look into the files, and make the forms."""
        for prefix in self.prefixes():
            stored = own(self._file_of(prefix), self.user)
            if stored is not None:
                self._look(prefix, stored)
            known = self._twins(prefix, stored)
            form = CardForm(self.data, prefix=prefix, stored=stored, twins=known)
            about = self.data.get(f"{prefix}-about", "")
            self.cards.append(Card(prefix, stored, form, about=about))
        self.sharing = SharingForm(self.data, user=self.user)

    def _twins(self, prefix: str, stored: StoredFile | None) -> list[Twin]:
        """What it may be a double of; not of itself, when the same form is sent twice."""
        words = {name: self.data.get(f"{prefix}-{name}", "") for name in ("title", "link")}
        if stored is None:
            before = link_deposited(
                self.data.get(f"{prefix}-submission", ""), words["link"], self.user
            )
            return twins(by=self.user, but=before, **words)
        if stored.kind:
            return []
        return twins(by=self.user, title=words["title"], sha256=stored.sha256)

    def _file_of(self, prefix: str) -> str:
        return str(self.data.get(f"{prefix}-file", ""))

    def _look(self, prefix: str, stored: StoredFile) -> None:
        """Look into a file once, fill in what is proposed, and note that it was done."""
        name = f"{prefix}-looked"
        if looking.said(stored, self.data.get(name, "")) is not None:
            return
        if self.patience.over:
            self.waiting = True
            return
        look = self.looks[prefix] = looking.look_into(stored)
        self.data[name] = looking.word(stored, found=look.found)
        proposed = look.proposals
        self._fill(prefix, "title", proposed.title, instead_of=title_of_name(stored.name))
        self._fill(prefix, "authors", proposed.authors)
        self._fill(prefix, "abstract", proposed.abstract_hint)
        this_year = str(timezone.localdate().year)
        self._fill(prefix, "issued", proposed.year, instead_of=this_year)
        language = LANGUAGES.get(proposed.language, "")
        self._fill(prefix, "language", language, instead_of="fr-CA")
        self._fill(prefix, "extent", extent(proposed.page_count, proposed.seconds))

    def _fill(self, prefix: str, name: str, value: str, *, instead_of: str = "") -> None:
        """Propose a word where she has written none."""
        if value and self.data.get(f"{prefix}-{name}", "") in ("", instead_of):
            self.data[f"{prefix}-{name}"] = value

    def look_for_identifiers(self) -> bool:
        """What in the words and in the files could identify a young person, each in its card."""
        for card in self.cards:
            fields = {
                f"{card.prefix}-{name}": (str(card.form.fields[name].label), str(text))
                for name in LOOKED_IN
                if name in card.form.fields and (text := self.data.get(f"{card.prefix}-{name}"))
            }
            card.parts = looking.in_words(fields)
            if card.stored is not None:
                card.parts += self._in_file(card.prefix, card.stored)
        return any(card.parts for card in self.cards)

    def _in_file(self, prefix: str, stored: StoredFile) -> list[Part]:
        if prefix not in self.looks and looking.said(stored, self.data.get(f"{prefix}-looked", "")):
            if self.patience.over:
                return [looking.in_file()]
            self.looks[prefix] = looking.look_into(stored)
        part = self.looks[prefix].part if prefix in self.looks else None
        return [part] if part is not None else []

    def replace(self, place: str) -> None:
        """Put the proposed words in place of what was found: "0-title:1", or "all"."""
        wanted, _colon, which = place.partition(":")
        names = [f"{prefix}-{name}" for prefix in self.prefixes() for name in LOOKED_IN]
        for name in names if wanted == "all" else [name for name in names if name == wanted]:
            if text := self.data.get(name, ""):
                self.data[name] = warning.mended(text[: looking.MOST], which or "all")

    # ------------------------------------------------------------------------------ the outcome

    @property
    def forms(self) -> list[Refusing]:
        """Those that are asked: a new version is shared as its document is."""
        cards: list[Refusing] = [card.form for card in self.cards]
        alone = all(card.form.version_of for card in self.cards)
        return cards if alone else [*cards, self.sharing]

    def summary(self) -> Several:
        """What is to be mended, said once for all."""
        numbers = range(1, len(self.cards) + 1) if len(self.cards) > 1 else ()
        return Several(self.forms, [_("Document %(n)s") % {"n": n} for n in numbers])

    def is_valid(self) -> bool:
        wrong = [form for form in self.forms if not form.is_valid()]
        return not wrong

    def quiet(self) -> None:
        """Shown again without a word on what is missing."""
        for form in (*(card.form for card in self.cards), self.sharing):
            form.quiet()

    @transaction.atomic
    def deposit(self) -> list[Document]:
        """Deposit all of them, or none. Raises `CardRefused`."""
        found = []
        for card in self.cards:
            try:
                found.append(self._deposit(card))
            except Refused as refusal:
                raise CardRefused(card, refusal) from None
        return found

    def _deposit(self, card: Card) -> Document:
        given, stored = card.form.cleaned_data, card.stored
        if stored is not None and stored.kind == "" and given["filename"]:
            files.rename(stored, given["filename"])
        twin = card.form.version_of
        if twin is not None and stored is not None:
            words = {"label": given["label"], "note": given["note"]}
            return add_version(twin.document, by=self.user, file=stored, **words).document
        said = cast("Metadata", {**card.form.given(), **self.sharing.given()})
        document = deposit_document(
            by=self.user,
            file=stored,
            link=given["link"],
            submission=given["submission"],
            label=given.get("label", ""),
            **said,
        )
        tie_to(document, card.about, by=self.user)
        return document


def link_deposited(submission: str, link: str, user: User) -> int | None:
    """The document that this very form made of a link, when it is sent again."""
    try:
        sent = identity(uuid.UUID(submission), user, link)
    except ValueError:
        return None
    rows = Document.objects.readable_by(user).filter(submission=sent)
    return rows.values_list("pk", flat=True).first()


def extent(pages: int | None, seconds: int | None) -> str:
    """“24 pages”, “55 min”: how long something is, in the words of the form."""
    if pages:
        return ngettext("%(n)s page", "%(n)s pages", pages) % {"n": pages}
    return _minutes(max(1, round(seconds / 60))) if seconds else ""


def _minutes(minutes: int) -> str:
    if not minutes:
        return ""
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    return _("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{rest:02d}"}
