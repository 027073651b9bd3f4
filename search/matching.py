"""From what was asked to what an engine looks for: stems, their synonyms, how many must be met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from search import analysis, synonyms
from search.query import Query
from search.synonyms import Stems

# Another word for the same counts a little less than the word itself; a guess, much less.
SYNONYM = 0.7
GUESS = 0.6
# What is written with a hyphen, met by its parts here and there: « école-famille » by « la famille
# et l’école ».
APART = 0.7
# Of a long question, this share of the words must be met.
ENOUGH = 0.45
# More words than this only weigh in the order.
MOST_REQUIRED = 6


@dataclass(frozen=True)
class Way:
    """One way to meet a group: its stems, one after the other, or anywhere when not `together`."""

    stems: Stems
    together: bool = True
    weight: float = 1.0


Group = tuple[Way, ...]


@dataclass(frozen=True)
class Match:
    """What an engine looks for.

    groups   what was asked, in its order, each met by any of its ways
    least    how many of the groups must be met: all, unless the search was relaxed
    rarest   among which groups, when not all of them
    without  none of these stands there, one stem after the other
    author   folded words of the author's name, all of them
    """

    groups: tuple[Group, ...] = ()
    least: int = 0
    rarest: tuple[Group, ...] = ()
    without: tuple[Stems, ...] = ()
    author: Stems = ()

    def __bool__(self) -> bool:
        """Whether there is any word to look for, and not filters only."""
        return bool(self.groups or self.author)

    @property
    def stems(self) -> frozenset[str]:
        """Every stem that counts as found: what is highlighted."""
        return frozenset(stem for group in self.groups for way in group for stem in way.stems)

    @property
    def ordered(self) -> bool:
        """Whether words must stand, or must not stand, one after the other."""
        return self != self.apart()

    def apart(self) -> Match:
        """What every text that meets this one meets too, wherever in it the words stand: for an
        index that knows no places."""
        groups = {
            group: tuple(
                replace(way, together=way.together and len(way.stems) == 1) for way in group
            )
            for group in self.groups
        }
        return replace(
            self,
            groups=tuple(groups.values()),
            rarest=tuple(groups[group] for group in self.rarest),
            without=tuple(stems for stems in self.without if len(stems) == 1),
        )

    def demands(self) -> Iterator[tuple[Group, ...]]:
        """The sets of groups of which one must be met whole: one set, of all, when not relaxed."""
        among = (self.rarest or self.groups)[:MOST_REQUIRED]
        yield from combinations(among, min(self.least, MOST_REQUIRED))

    def relaxed(self, weights: dict[Group, float]) -> Match:
        """The same, for who asked too much: most of the groups are enough, the rarest first."""
        rarest = tuple(sorted(self.groups, key=lambda group: -weights[group]))
        required = min(len(rarest), MOST_REQUIRED)
        least = max(1, round(required * ENOUGH)) if required > 1 else required
        return replace(self, rarest=rarest, least=min(least, max(1, required - 1)))

    def guessed(self, guesses: dict[str, list[str]]) -> Match:
        """The same, where an unknown stem is also met by those that look like it."""
        groups = tuple(
            (
                *group,
                *(
                    Way((guess,), weight=GUESS)
                    for way in group[:1]
                    if len(way.stems) == 1
                    for guess in guesses.get(way.stems[0], ())
                ),
            )
            for group in self.groups
        )
        return replace(self, groups=groups)


def match(query: Query) -> Match:
    """What `query` asks of the engines."""
    groups = [*_words(query), *((Way(stems),) for stems in map(_stems, query.phrases) if stems)]
    groups = list(dict.fromkeys(groups))
    return Match(
        groups=tuple(groups),
        least=min(len(groups), MOST_REQUIRED),
        without=tuple(stems for text in query.without if (stems := _stems(text))),
        author=tuple(word.key for word in analysis.words(query.author)),
    )


def _stems(text: str) -> Stems:
    return tuple(analysis.stems(text))


def _words(query: Query) -> Iterator[Group]:
    """A group for each word, hyphens or not; those that have synonyms together make one."""
    stems: list[str] = []
    sizes: list[int] = []
    whole: list[tuple[Way, ...]] = []
    for written in query.words:
        found = analysis.stems(written)
        stems += found
        sizes += [len(found) - n for n in range(len(found))]
        compound = analysis.compounds(written) if len(found) > 1 else []
        whole += [tuple(Way((one,)) for one in compound if not n) for n in range(len(found))]
    known = synonyms.expansions()
    longest = max(map(len, known), default=1)
    at = 0
    while at < len(stems):
        several = (
            n
            for n in range(min(longest, len(stems) - at), 1, -1)
            if tuple(stems[at : at + n]) in known
        )
        size = next(several, 0)
        own = tuple(stems[at : at + (size or sizes[at])])
        others = (Way(other, weight=SYNONYM) for other in known.get(own, ()))
        if size:
            yield (Way(own, together=False), *others)
        elif len(own) > 1:
            yield (Way(own), *whole[at], Way(own, together=False, weight=APART))
        else:
            yield (Way(own), *others)
        at += len(own)
