"""French or English, by the small words that no text does without."""

from __future__ import annotations

import re
from itertools import chain

# Words that the other language, or a neighbour of ours (Spanish above all), does not share.
FRENCH = frozenset(
    {
        *("le", "les", "des", "du", "une", "et", "est", "dans", "pour", "qui", "sur", "au", "aux"),
        *("avec", "pas", "ce", "cette", "ces", "sont", "par", "nous", "vous", "ils", "elle"),
        *("elles", "leur", "leurs", "mais", "ou", "où", "être", "été", "sans", "ne", "votre"),
        *("notre", "nos", "vos", "ses", "il", "je", "se", "qu", "l", "d", "c", "n", "ont", "fait"),
    }
)
ENGLISH = frozenset(
    {
        *("the", "of", "and", "to", "is", "in", "that", "for", "it", "with", "as", "was", "be"),
        *("by", "are", "this", "from", "or", "have", "an", "they", "which", "you", "were", "their"),
        *("has", "will", "can", "not", "we", "your", "our", "at", "its", "been", "who", "these"),
    }
)
LOOKED_AT = 30_000
FEWEST_WORDS = 20
# A fifth to a third of a text is made of its small words.
SHARE = 0.12
CLEARLY = 1.5


def language_of(*texts: str) -> str:
    """`fr`, `en`, or an empty word when neither is clear."""
    words = re.findall(r"[^\W\d_]+", "\n".join(texts)[:LOOKED_AT].casefold())
    if len(words) < FEWEST_WORDS:
        return ""
    french = sum(word in FRENCH for word in words)
    english = sum(word in ENGLISH for word in words)
    if french > CLEARLY * english and french >= SHARE * len(words):
        return "fr"
    if english > CLEARLY * french and english >= SHARE * len(words):
        return "en"
    return ""


def sample(pages: dict[int, str]) -> str:
    """Enough of the beginning of a text to tell its language."""
    found, length = [], 0
    for text in chain(pages[number] for number in sorted(pages)):
        found.append(text)
        length += len(text)
        if length > LOOKED_AT:
            break
    return "\n".join(found)
