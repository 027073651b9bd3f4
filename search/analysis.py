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

# Grows with any change of what this module answers: what was indexed before is indexed again.
VERSION = 1
LONGEST = 60

# What may stand inside a word and is not seen: accents apart from their letter (also Arabic
# ones), soft hyphens, zero-width signs.
_UNSEEN = "\u0300-\u036f\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060\ufe0f\ufeff"
_WORD = re.compile(rf"[^\W_]+(?:[{_UNSEEN}]+[^\W_]*)*")
_HIDDEN = re.compile(f"[{_UNSEEN}]")
_APOSTROPHES = frozenset("'’‘`\u00b4\u02b9\u02bb\u02bc\u2032\uff07")
_HYPHENS = "\u2010\u2011\ufe63\uff0d-"
# Words without figures, held together by one or two hyphens: week-end, sous-communauté.
_COMPOUND = re.compile(
    rf"(?<![\w{_HYPHENS}])[^\W\d_]+(?:[{_HYPHENS}][^\W\d_]+){{1,2}}(?![\w{_HYPHENS}])"
)

ELISIONS = frozenset(
    "l d j n m t s c qu jusqu lorsqu puisqu quoiqu presqu entr quelqu".split()  # noqa: SIM905
)
STOP = frozenset(
    """
    a ai ainsi alors as assez au aucun aucune aussi autre autres aux avaient avait avec avez avoir
    avons ayant beaucoup c ca car ce ceci cela celle celles celui ces cet cette ceux chez ci
    comme comment d dans de depuis des donc dont du elle elles en encore entre es est et
    etaient etait etant etes etre eu eux fait faire faut furent fut ici il ils j jamais je l la
    laquelle le lequel les lesquelles lesquels leur leurs lors lorsque lui m ma mais me meme memes
    mes mien moi mon n ne ni nos notre nous on ont or ou par parce parfois parmi pas pendant peu
    peut plus pour pourquoi pourrait puis puisque qu quand que quel quelle quelles quels qui quoi
    s sa sans se selon sera serait ses si sien soi soit son sont sous souvent suis sur t ta te tel
    telle telles tels tes toi ton tot toujours tous tout toute toutes tres trop tu un une vers
    voici voila vos votre vous y the of and to in is for
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
# They work: an ending that the stemmer leaves, as nouns and adjectives have it too. These are
# given back their infinitive: travaillent → travailler. What does not look like it is not a verb.
_THEY = re.compile("(?<=[a-z]{2}[^aeimo])ent$")
_NOT_VERBS = frozenset(
    """
    absent accent accident adherent adjacent adolescent affluent ambivalent antecedent apparent
    argent arpent astringent auvent coherent competent concurrent confident confluent
    congruent consequent content continent contingent convalescent convergent corpulent couvent
    decadent decent deferent delinquent different diligent dissident divergent effervescent eloquent
    emergent eminent entregent equivalent evident excedent excellent fervent flatulent florent
    fluorescent frequent grandiloquent immanent imminent impertinent imprudent impudent incident
    incoherent incompetent inconsequent indecent indifferent indigent indolent indulgent influent
    inherent innocent insolent intelligent intermittent irreverent laurent mecontent munificent
    negligent occident omnipresent onguent opulent parent penitent permanent pertinent polyvalent
    preadolescent precedent present president proeminent prudent pubescent recent
    referent regent resident reticent sergent serpent somnolent strident subsequent succulent talent
    tangent torrent transparent trident turbulent urgent vincent violent virulent
    """.split()  # noqa: SIM905
)
# To answer: répondre → répond, as they answer.
_TO = re.compile("(?<=[nr]d)res?$")
_french = Stemmer("french")


class Word(NamedTuple):
    """A word as written, folded, its stem, and where it stands in the text."""

    text: str
    key: str
    stem: str
    start: int
    end: int

    @property
    def plain(self) -> str:
        """The word in lower case with its accents: as it is suggested."""
        return unicodedata.normalize("NFKC", _HIDDEN.sub(_kept, self.text.lower()))[:LONGEST]


def _kept(match: re.Match[str]) -> str:
    return match[0] if unicodedata.combining(match[0]) else ""


def fold(text: str) -> str:
    """A word in lower case, without accents nor ligatures nor anything unseen."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    if text.isascii() and text.isalnum():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=50_000)
def stem(key: str) -> str:
    """The stem of a folded word."""
    key = _TO.sub("", _IRREGULAR.get(key, key))
    if key not in _NOT_VERBS:
        key = _THEY.sub("er", key)
    for ending, accented in _ACCENTED:
        key = ending.sub(accented, key)
    found = fold(_french.stemWord(key))
    if found.endswith("aill"):
        found = found[:-1]  # travailler, travail
    if found.isascii():
        return found[:LONGEST]
    return "".join(c if c.isascii() else f"u{ord(c):x}" for c in found)[:LONGEST]


@lru_cache(maxsize=50_000)
def _analysed(written: str) -> tuple[str, str]:
    """The key and the stem of a word as written; an empty stem for one that is not searched."""
    key = fold(written)[:LONGEST]
    return key, "" if not key or key in STOP else stem(key)


def words(text: str) -> list[Word]:
    """The words of a text that are searched, in order, with their places in it."""
    found = []
    for match in _WORD.finditer(text):
        written = match.group()
        key, stemmed = _analysed(written)
        if stemmed and not (
            key in ELISIONS and text[match.end() : match.end() + 1] in _APOSTROPHES
        ):
            found.append(Word(written, key, stemmed, match.start(), match.end()))
    return found


def stems(text: str) -> list[str]:
    """The stems of a text, in order."""
    return [word.stem for word in words(text)]


def compounds(text: str) -> list[str]:
    """The stems of its hyphenated words, each as one word: co-développement → codevelopp.

    Who writes it in one piece, or in two, means the same.
    """
    if not any(hyphen in text for hyphen in _HYPHENS):
        return []
    return [stem(fold(match.group())[:LONGEST]) for match in _COMPOUND.finditer(text)]
