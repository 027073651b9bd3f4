"""Folding, so that « refus d'ecole » finds « refus d’école »."""

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents, curly apostrophes, ligatures or no-break spaces."""
    text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())
