"""What is quoted of somebody, as it is shown to her, and what her accord holds.

An accord is given to words: it holds nothing else than these, word for word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import content, warning
from practices import laying, whose
from practices.content import Content
from practices.errors import PassagesRewritten, PassagesWaiting
from practices.models import Passage, Sheet
from practices.sections import BY_NAME
from practices.services.common import working_content

if TYPE_CHECKING:
    from accounts.models import User

MESSAGE = "post"
Consent = Passage.Consent


def passages_of(ids: Iterable[int], user: User) -> dict[int, content.Passage]:
    """These messages as `user` reads them; one query."""
    kind = content.get(MESSAGE)
    return kind.passages_of(ids, user) if kind.passages_of is not None else {}


def words_of(text: str, paragraphs: Sequence[int], *, mended: bool) -> str:
    """What is laid of a message."""
    words = laying.chosen(text, paragraphs)
    return warning.mended(words, "all") if mended else words


def words_for(passage: Passage, user: User) -> str | None:
    """The words that its writer is asked about: those of the draft, or, while they may not be
    there, those of her message, read by her own right; None when she no longer reads it."""
    if passage.text:
        return passage.text
    found = passages_of([passage.object_id], user).get(passage.object_id)
    if found is None:
        return None
    return words_of(found.text, passage.paragraphs, mended=passage.mended)


@dataclass(frozen=True)
class Shown:
    """What its writer is shown of a passage: her `words`, and the `entries` of the sheet as they
    stand there now, or would. When they no longer stand word for word, what is left of them there
    is partly hers (`rewritten`), or nothing is (`absent`)."""

    words: str
    entries: list[laying.Entry]
    rewritten: bool = False
    absent: bool = False

    @property
    def agreed(self) -> str:
        """The words that her answer is about."""
        return "\n\n".join(one.said for one in self.entries) if self.rewritten else self.words


def shown_to(passage: Passage, user: User) -> Shown | None:
    """What its writer is shown; None when she reads these words no longer. Five queries at most."""
    words = words_for(passage, user)
    if words is None:
        return None
    field = BY_NAME[passage.section].field(passage.field)
    meant = laying.would_stand(passage.section, field, words)
    if not passage.text:
        return Shown(words, meant)
    sheet = passage.sheet
    content = working_content(sheet) if sheet.current_id is None else sheet.content
    found = laying.stand(content, passage.section, passage.field, words)
    passages = list(sheet.passages.exclude(text=""))
    if found.whole:
        others = _texts(passage, passages)
        return Shown(words, whose.beside_others(found.entries, words, others) or meant)
    left = left_of(passage, content, passages)
    return Shown(words, left or meant, rewritten=bool(left), absent=not left)


def left_of(passage: Passage, content: Content, passages: Iterable[Passage]) -> list[laying.Entry]:
    """What is left of its words in the sheet that says `content`: its sentences of the entries that
    hold one of them, and of those of its field that are partly its words and not those of another
    of the `passages` of the sheet."""
    found = laying.stand(content, passage.section, passage.field, passage.text).entries
    akin = laying.akin(content, passage.section, passage.field, passage.text)
    others = _texts(passage, passages)
    found += [one for one in akin if one not in found and not _holds_any(one, others)]
    return whose.parts_of(found, passage.text, others)


def _texts(passage: Passage, passages: Iterable[Passage]) -> list[str]:
    """The words of the other passages."""
    return [one.text for one in passages if one.text and one.pk != passage.pk]


def _holds_any(entry: laying.Entry, texts: Iterable[str]) -> bool:
    return any(laying.still_there({"": {"": entry.value}}, text) for text in texts)


def digest(words: str) -> str:
    """What her answer says of the words that she was shown."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


# ------------------------------------------------------------------------- what an accord holds


class Hold(models.TextChoices):
    """Why a passage keeps its sheet from being submitted and published."""

    WAITING = "attente", _("their writer has not answered yet")
    REFUSED = "refuse", _("refused, and something of them is still in the sheet")
    REWRITTEN = "recrit", _("rewritten since their writer agreed")


def hold_of(passage: Passage, content: Content | laying.Reading) -> Hold | None:
    """What holds the sheet that says `content`. An accord is given to words: it holds nothing else
    than these, word for word, whoever changed them."""
    if passage.consent == Consent.WAITING:
        return Hold.WAITING
    if passage.consent == Consent.REFUSED:
        return Hold.REFUSED
    if passage.consent != Consent.GIVEN:
        return None
    standing = laying.stand(content, passage.section, passage.field, passage.text)
    return None if standing.whole else Hold.REWRITTEN


def held(sheet: Sheet) -> list[tuple[Passage, Hold]]:
    """The passages that hold the sheet until its first version, each with its reason. One query
    for a sheet that quotes nobody, two for another."""
    if sheet.current_id is not None:
        return []
    rows = list(sheet.passages.exclude(consent__in=(Consent.OWN, Consent.DROPPED)).order_by("pk"))
    reading = laying.Reading(working_content(sheet) if rows else {})
    found = ((one, hold_of(one, reading)) for one in rows)
    return [(one, hold) for one, hold in found if hold is not None]


def require_accords(sheet: Sheet) -> None:
    """Raises `PassagesWaiting`, `PassagesRewritten` while a passage holds the sheet."""
    reasons = {hold for _one, hold in held(sheet)}
    if reasons & {Hold.WAITING, Hold.REFUSED}:
        raise PassagesWaiting
    if reasons:
        raise PassagesRewritten
