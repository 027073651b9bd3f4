"""Names of authors, as a field of free text holds them, told apart for catalogues.

« Maude Tremblay; Réal Lavoie », « Tremblay, Maude », « Équipe de l’alternative à la suspension ».
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.text import fold

SEPARATOR = re.compile(r"\s*(?:;|\n)\s*")
ENUMERATION = re.compile(r"\s*,\s*|\s+(?:et|and|&)\s+")
PARTICLES = {
    "de",
    "du",
    "des",
    "d’",
    "d'",
    "la",
    "le",
    "van",
    "von",
    "der",
    "den",
    "di",
    "da",
    "el",
}
ARTICLES = ("le ", "la ", "les ", "l'", "un ", "une ")
# Words that begin or qualify the name of a body, folded.
BODIES = {
    *("alliance", "association", "bureau", "carrefour", "cegep", "centre", "chaire", "coalition"),
    *("collectif", "college", "comite", "commission", "conseil", "coop", "cooperative"),
    *("corporation", "direction", "ecole", "equipe", "federation", "fondation", "gouvernement"),
    *("groupe", "halte", "initiative", "institut", "laboratoire", "ligue", "maison", "ministere"),
    *("municipalite", "organisme", "programme", "projet", "quebec", "regroupement", "reseau"),
    *("secretariat", "service", "services", "societe", "table", "union", "universite", "ville"),
}
MOST_WORDS = 5


@dataclass(frozen=True)
class Name:
    """A person by her two names, or a body by its only one (`literal`)."""

    literal: str = ""
    family: str = ""
    given: str = ""

    @property
    def inverted(self) -> str:
        """As in a list of references: `Tremblay, Maude`."""
        return self.literal or f"{self.family}, {self.given}"

    @property
    def plain(self) -> str:
        return self.literal or f"{self.given} {self.family}"


def parse(text: str, *, bodies: tuple[str, ...] = ()) -> tuple[Name, ...]:
    """The names in `text`, in their order. `bodies` are names known to be those of bodies, like
    the publisher's. What cannot be told apart for sure stays whole."""
    known = {fold(body) for body in bodies}
    parts = [part for part in SEPARATOR.split(text.strip()) if part]
    if len(parts) == 1:
        listed = ENUMERATION.split(parts[0])
        if len(listed) > 1 and all(_is_person(one, known) for one in listed):
            parts = listed
    return tuple(_name(part, known) for part in parts)


def _name(text: str, known: set[str]) -> Name:
    if fold(text) in known:
        return Name(literal=text)
    family, comma, given = (piece.strip() for piece in text.partition(","))
    if comma:
        inverted = family and given and "," not in given and _is_person(f"{given} {family}", known)
        return Name(family=family, given=given) if inverted else Name(literal=text)
    return _split(text) if _is_person(text, known) else Name(literal=text)


def _is_person(text: str, known: set[str]) -> bool:
    """Two to five words with capitals, particles aside, none of which is that of a body."""
    folded, words = fold(text), text.split()
    if folded in known or folded.startswith(ARTICLES) or not 2 <= len(words) <= MOST_WORDS:
        return False
    if BODIES & set(folded.replace("'", " ").split()) or any(char.isdigit() for char in text):
        return False
    named = [word[0].isupper() or _glued(word) for word in words]
    between = all(is_name or word in PARTICLES for is_name, word in zip(named, words, strict=True))
    return words[0][0].isupper() and named[-1] and between


def _glued(word: str) -> bool:
    """« d’Auteuil »: the capital follows the particle."""
    return word[:2] in ("d’", "d'") and word[2:3].isupper()


def _split(text: str) -> Name:
    """The family name begins at the first particle, or is the last word."""
    words = text.split()
    at = next((i for i, word in enumerate(words) if i and _leads(word)), len(words) - 1)
    return Name(given=" ".join(words[:at]), family=" ".join(words[at:]))


def _leads(word: str) -> bool:
    return word in PARTICLES or _glued(word)
