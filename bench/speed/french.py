"""A language to fill an index with: French words, as frequent as in French.

The words are those of the demonstration and of the judged set, in the order of their frequency,
then forms made of them with French endings, then invented names; the n-th is drawn as often as
Zipf and Mandelbrot say. So that a million texts have their usual shape: few words that are
everywhere, many that are once.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from search import analysis

ROOT = Path(__file__).parents[2]
SOURCES = ("home/data/demo_fr.json", "bench/relevance/**/*.toml")
SIZE = 120_000
SHIFT, EXPONENT = 2.7, 1.05
WORD = re.compile(r"[a-zàâäéèêëîïôöùûüçœ]+")
ENDINGS = (
    "s", "e", "es", "ant", "ante", "ation", "ations", "eur", "euse", "ement", "able", "ables",
    "iste", "istes", "isme", "ité", "er", "ons", "ent", "ait", "aient", "age", "ages", "ure",
)  # fmt: skip
SYLLABLES = (
    "ba", "bel", "bois", "bri", "cam", "char", "cla", "cour", "dan", "del", "dre", "fa", "fleu",
    "for", "gal", "ger", "gué", "hau", "jo", "lan", "lier", "lo", "mar", "mel", "mont", "neu",
    "nor", "or", "pa", "per", "pon", "quen", "ra", "ri", "ro", "sa", "ser", "ta", "tel", "tour",
    "tri", "val", "ver", "vil",
)  # fmt: skip


class Language:
    """Draws words by their rank, and knows the stem of each (empty for the stop words)."""

    def __init__(self, seed: int = 22) -> None:
        self.rng = random.Random(seed)
        self.words = list(self._words())
        self.stems = [" ".join(analysis.stems(word)) for word in self.words]
        weights = (1 / (rank + SHIFT) ** EXPONENT for rank in range(len(self.words)))
        self.chances = list(accumulate(weights))

    def _words(self) -> Iterator[str]:
        texts = (path.read_text() for name in SOURCES for path in sorted(ROOT.glob(name)))
        counted: Counter[str] = Counter()
        for text in texts:
            counted.update(WORD.findall(text.lower().replace("’", " ")))
        known = dict.fromkeys(word for word, _count in counted.most_common() if len(word) < 20)
        yield from known
        roots = [word.rstrip("es") for word in known if len(word) > 5]
        while len(known) < SIZE:
            if self.rng.random() < 0.4:
                word = self.rng.choice(roots) + self.rng.choice(ENDINGS)
            else:
                word = "".join(self.rng.choices(SYLLABLES, k=self.rng.randint(2, 4)))
            if word not in known:
                known[word] = None
                yield word

    def draw(self, count: int) -> list[int]:
        """So many words, by their rank."""
        return self.rng.choices(range(len(self.words)), cum_weights=self.chances, k=count)

    def text(self, ranks: list[int]) -> str:
        """These words, in sentences."""
        words = [self.words[rank] for rank in ranks]
        for at in range(0, len(words), 14):
            words[at] = words[at].capitalize()
            words[min(at + 13, len(words) - 1)] += "."
        return " ".join(words)

    def stemmed(self, ranks: list[int]) -> str:
        """What the analyser would answer of their text."""
        return " ".join(stem for rank in ranks if (stem := self.stems[rank]))
