"""Lines and folding, so that « refus d'ecole » finds « refus d’école »."""

import re
import unicodedata

from core.formats import FRENCH

# The blanks where a line may be cut; not the no-break spaces of French typography.
BLANKS = re.compile(r"[^\S\u00a0\u202f]+")


class French(str):
    """Words that are French whatever the language of the page: those of a taxonomy, those that
    somebody wrote. A label that may be one is drawn as `{{ label|worded }}`."""

    __slots__ = ()
    language = FRENCH


def one_line(text: str) -> str:
    """The text on one line, its blanks single and none around; no-break spaces stay."""
    return BLANKS.sub(" ", text).strip()


def fold(text: str) -> str:
    """Lower case without accents, curly apostrophes, ligatures or no-break spaces."""
    text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())
