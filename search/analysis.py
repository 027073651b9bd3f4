"""The one analyser of both engines: what counts as a word of French, and as the same word.

    words("À l’école")  →  [Word("école", "ecole", "ecol", 4, 9)]

A word is folded (case, accents, ligatures, full-width forms, soft hyphens), loses its elision
(l’école), and is then reduced to its stem. The stem depends on the folded word only: who types
without accents finds the same things. Stems are made of [a-z0-9] whatever the script, so that both
databases take them as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from Stemmer import Stemmer

LONGEST = 60

# Letters and figures, with what may stand between two letters of one word and is not seen:
# combining accents, soft hyphens, zero-width signs.
_UNSEEN = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufe0f\ufeff"
_WORD = re.compile(rf"[^\W_][^\W_{_UNSEEN}]*(?:[{_UNSEEN}]+[^\W_]*)*")
_APOSTROPHES = "'’‘`\u00b4\u02b9\u02bb\u02bc\u2032\uff07"
_HYPHENS = "-\u2010\u2011\ufe63\uff0d"

ELISIONS = frozenset(
    "l d j n m t s c qu jusqu lorsqu puisqu quoiqu presqu entr quelqu".split()  # noqa: SIM905
)
STOP = frozenset(
    """
    a ai ainsi alors as au aucun aucune aussi autre autres aux avaient avait avec avez avoir
    avons ayant c ca car ce ceci cela celle celles celui ces cet cette ceux chez ci comme
    comment d dans de depuis des donc dont du elle elles en encore entre es est et etaient etait
    etant etes etre eu eux fait faire faut furent fut ici il ils j je l la laquelle le lequel
    les lesquelles lesquels leur leurs lors lorsque lui m ma mais me meme memes mes mien moi mon
    n ne ni nos notre nous on ont or ou par parce parmi pas pendant peu peut plus pour pourquoi
    pourrait puis puisque qu quand que quel quelle quelles quels qui quoi s sa sans se selon
    sera serait ses si sien soi soit son sont sous suis sur t ta te tel telle tels tes toi ton
    tous tout toute toutes tres tu un une vers voici voila vos votre vous y the of and to in is
    for
    """.split()  # noqa: SIM905
)
# Endings that the French stemmer knows by their accent, given back to a folded word.
_ACCENTED = (
    (re.compile("ee(s?)$"), r"ée\1"),
    (re.compile("ite(s?)$"), r"ité\1"),
    (re.compile("iere(s?)$"), r"ière\1"),
    (re.compile("erent$"), "èrent"),
)
_IRREGULAR = {"travaux": "travail", "yeux": "oeil"}
_french = Stemmer("french")


class Word(NamedTuple):
    """A word as written, folded, its stem, and where it stands in the text."""

    text: str
    key: str
    stem: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case, without accents nor ligatures nor anything unseen."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c) and c.isalnum()).casefold()


@lru_cache(maxsize=100_000)
def _analysed(written: str) -> tuple[str, str]:
    key = fold(written)[:LONGEST]
    return key, stem(key)


@lru_cache(maxsize=100_000)
def stem(key: str) -> str:
    """The stem of a folded word."""
    key = _IRREGULAR.get(key, key)
    for ending, accented in _ACCENTED:
        key = ending.sub(accented, key)
    found = fold(_french.stemWord(key))
    if found.isascii():
        return found[:LONGEST]
    return "".join(c if c.isascii() else f"u{ord(c):x}" for c in found)[:LONGEST]


def words(text: str) -> list[Word]:
    """The words of a text that are searched, in order, with their places in it."""
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        key, stemmed = _analysed(match.group())
        if key in ELISIONS and end < len(text) and text[end] in _APOSTROPHES:
            continue
        if key and key not in STOP:
            found.append(Word(match.group(), key, stemmed, start, end))
    return found


def stems(text: str) -> list[str]:
    """The stems of a text, in order."""
    return [word.stem for word in words(text)]
