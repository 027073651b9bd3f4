"""Which organisation would make a good twin for another, and why.

A twin is a peer to meet: near enough to see each other, working in the same setting, one having
what the other looks for. The score only orders proposals; the reasons are what animators read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Organisation
from core import terms
from core.text import fold

# Administrative regions of Québec that touch each other, or a ferry joins.
NEIGHBOURS = {
    "01": {"03", "09", "11", "12"},
    "02": {"03", "04", "09", "10"},
    "03": {"01", "02", "04", "09", "12"},
    "04": {"02", "03", "10", "12", "14", "15", "17"},
    "05": {"12", "16", "17"},
    "06": {"13", "14", "16"},
    "07": {"08", "15"},
    "08": {"07", "10", "15"},
    "09": {"01", "02", "03", "10", "11"},
    "10": {"02", "04", "08", "09"},
    "11": {"01", "09"},
    "12": {"01", "03", "04", "05", "17"},
    "13": {"06", "14", "15"},
    "14": {"04", "06", "13", "15", "16", "17"},
    "15": {"04", "07", "08", "13", "14", "16"},
    "16": {"05", "06", "14", "15", "17"},
    "17": {"04", "05", "12", "14", "16"},
}
# Words that say nothing of what is offered or sought, folded.
_EMPTY = """
afin ainsi alors apres aucun aussi autre autres avant avec avoir avons bien cela celle celui
cette ceux chaque chez comme comment dans depuis deux donc elle elles encore entre etre faire
font jeune jeunes leur leurs mais meme mettre moins notre nous organisme organismes parce pour
pourquoi quand quel quelle quelque quelques sans sera serait sont sous surtout tous tout toute
toutes tres trouver trois une votre vous
"""
EMPTY_WORDS = frozenset(_EMPTY.split())
SAME_SETTING, SAME_REGION, NEAR_REGION, SHARED_WORD, MOST_WORDS = 3, 2, 1, 2, 2


@dataclass(frozen=True)
class Needs:
    """What is known of the organisation that looks for a twin; any part may be empty."""

    region: str = ""
    setting: str = ""
    offers: str = ""
    seeks: str = ""


@dataclass(frozen=True)
class Proposal:
    """A possible twin. `reasons` are sentences in the language of the page."""

    organisation: Organisation
    score: int
    reasons: tuple[str, ...]


def propose(needs: Needs, among: Iterable[Organisation], limit: int = 3) -> list[Proposal]:
    """The best twins among organisations, best first; those without any reason are left out."""
    found = [proposal for one in among if (proposal := _compare(needs, one)).score]
    found.sort(key=lambda proposal: (-proposal.score, fold(proposal.organisation.name)))
    return found[:limit]


def _compare(needs: Needs, other: Organisation) -> Proposal:
    score, reasons = 0, []
    if needs.setting and needs.setting == other.setting:
        score += SAME_SETTING
        reasons.append(
            _("Same setting: %(name)s") % {"name": terms.label("milieux", other.setting)}
        )
    region = {"name": terms.label("regions", other.region)}
    if needs.region and needs.region == other.region:
        score += SAME_REGION
        reasons.append(_("Same region: %(name)s") % region)
    elif other.region in NEIGHBOURS.get(needs.region, ()):
        score += NEAR_REGION
        reasons.append(_("Neighbouring region: %(name)s") % region)
    offered = shared_words(needs.seeks, other.offers)
    if offered:
        score += SHARED_WORD * min(len(offered), MOST_WORDS)
        reasons.append(_("Offers what is looked for: %(words)s") % {"words": ", ".join(offered)})
    wanted = shared_words(needs.offers, other.seeks)
    if wanted:
        score += SHARED_WORD * min(len(wanted), MOST_WORDS)
        reasons.append(_("Looks for what is done: %(words)s") % {"words": ", ".join(wanted)})
    return Proposal(other, score, tuple(reasons))


def shared_words(sought: str, offered: str) -> list[str]:
    """The words of `offered` that `sought` has too, plurals and endings aside."""
    wanted = set(_roots(sought))
    return list({root: word for root, word in _roots(offered).items() if root in wanted}.values())


def _roots(text: str) -> dict[str, str]:
    """Root → word as written, of the words that carry meaning."""
    words = re.findall(r"[^\W\d_]{4,}", text)
    return {
        fold(word).rstrip("sx")[:6]: word.lower() for word in words if fold(word) not in EMPTY_WORDS
    }
