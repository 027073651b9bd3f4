"""Would a practice work where we are? And which practices go with a text?

Pure reading of what a sheet says and of what an organisation says of itself: each point has its
own verdict and its own sentence. They are never added up: what weighs most is for people to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.fields import BUDGET_BANDS, ORGANISATION, level_of, may_see
from core import content as registry
from core import formats, terms
from core.content import Going
from core.text import fold
from practices.home import for_rows
from practices.models import Sheet, SheetTerm, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accounts.models import Organisation, User
    from core.audience import Viewer
    from practices.content import Content


class Verdict(StrEnum):
    FITS = "convient"
    PARTLY = "en-partie"
    LOOK = "a-regarder"
    UNKNOWN = "inconnu"

    @property
    def label(self) -> Promise:
        return VERDICTS[self][0]

    @property
    def icon(self) -> str:
        return VERDICTS[self][1]


VERDICTS: dict[Verdict, tuple[Promise, str]] = {
    Verdict.FITS: (gettext_lazy("Fits"), "check"),
    Verdict.PARTLY: (gettext_lazy("Fits in part"), "info"),
    Verdict.LOOK: (gettext_lazy("To be looked at"), "eye"),
    Verdict.UNKNOWN: (gettext_lazy("Unknown"), "help"),
}


@dataclass(frozen=True)
class Point:
    """One thing that matters: its verdict, why, and where what is unknown is changed: `lacks` is
    the part of the organisation's form that would tell, empty when the sheet is what lacks it."""

    name: str
    label: str | Promise
    verdict: Verdict
    why: str
    lacks: str = ""


Facts = dict[str, Any]
FIELDS = {field.name: field for field in ORGANISATION}


def facts_of(organisation: Organisation, viewer: Viewer) -> Facts:
    """What `organisation` says of itself and lets `viewer` know; what she may not see is as absent
    as what was never said."""
    known = {}
    for name, field in FIELDS.items():
        value = getattr(organisation, name, None)
        if value not in (None, "", []) and may_see(
            level_of(organisation, field), organisation, viewer
        ):
            known[name] = value
    return known


def points(content: Content, cost_band: str, facts: Facts) -> list[Point]:
    """Each point of a sheet's content beside the facts of an organisation."""
    aims, young = content.get("visees", {}), content.get("public", {})
    return [
        _place("region", gettext_lazy("Region"), "regions", aims.get("regions"), facts),
        _place("setting", gettext_lazy("Setting"), "milieux", aims.get("settings"), facts),
        _words(
            "school_levels",
            gettext_lazy("School level"),
            "ordres_enseignement",
            young.get("levels"),
            facts,
        ),
        _words("age_groups", gettext_lazy("Ages"), "groupes_age", young.get("ages"), facts),
        _words("publics", gettext_lazy("Audience"), "publics", young.get("publics"), facts),
        _words(
            "interventions",
            gettext_lazy("Type of intervention"),
            "types_intervention",
            aims.get("types"),
            facts,
        ),
        _means(cost_band, young.get("yearly"), facts),
        _staff(content.get("deroulement", {}).get("staff", ""), facts),
    ]


def _unsaid(name: str, label: Promise, said: Any, facts: Facts) -> Point | None:
    """When one of the two says nothing."""
    point = partial(Point, name, label, Verdict.UNKNOWN)
    if not said:
        return point(_("The sheet does not say it: its bearers can be asked."))
    if name not in facts:
        return point(
            _("Your organisation does not say it, or does not show it to you."),
            lacks=FIELDS[name].section,
        )
    return None


def _list(scheme: str, codes: Iterable[str]) -> str:
    """Their words. Not with commas between: some have commas inside."""
    return " · ".join(terms.labels(scheme, list(codes)))


def _place(name: str, label: Promise, scheme: str, said: Any, facts: Facts) -> Point:
    """Where it is done, and where we are. Elsewhere is no obstacle: it is to be looked at."""
    if unsaid := _unsaid(name, label, said, facts):
        return unsaid
    ours = facts[name]
    words = {"ours": terms.label(scheme, ours), "theirs": _list(scheme, said)}
    if ours in said:
        return Point(name, label, Verdict.FITS, _("It is done here too: %(ours)s.") % words)
    if name == "region":
        why = _("It is done in: %(theirs)s. You are in: %(ours)s. Ask what is particular there.")
        return Point(name, label, Verdict.LOOK, why % words)
    why = _("It is done in: %(theirs)s. You are in: %(ours)s. Think of distances and transport.")
    verdict = Verdict.PARTLY if _near(ours, said) else Verdict.LOOK
    return Point(name, label, verdict, why % words)


def _near(ours: str, said: list[str]) -> bool:
    """Whether one of these settings is beside ours in their taxonomy, from town to village."""
    order = list(terms.scheme("milieux"))
    if ours not in order:
        return False
    return any(abs(order.index(one) - order.index(ours)) == 1 for one in said if one in order)


def _words(name: str, label: Promise, scheme: str, said: Any, facts: Facts) -> Point:
    """For whom, or how, it is done, and what we do."""
    if unsaid := _unsaid(name, label, said, facts):
        return unsaid
    ours = facts[name]
    both = [code for code in said if code in ours]
    missing = [code for code in said if code not in ours]
    words = {"both": _list(scheme, both), "missing": _list(scheme, missing)}
    if not missing:
        return Point(name, label, Verdict.FITS, _("You have all of it: %(both)s.") % words)
    if both:
        why = _("You have: %(both)s. It also has: %(missing)s.")
        return Point(name, label, Verdict.PARTLY, why % words)
    why = _("It has: %(missing)s. That would be new to you.")
    return Point(name, label, Verdict.LOOK, why % words)


# What one young person costs, in the middle of each band; the last one has no end.
COST = {"moins-100": 50, "100-500": 300, "500-2000": 1250, "2000-5000": 3500, "plus-5000": 5000}
# A year's budget, in the middle of each band; the last one has no end.
BUDGET = dict(zip(BUDGET_BANDS, (125_000, 375_000, 625_000, 750_000), strict=True))
# Up to which share of the budget it fits, and fits in part.
SMALL, SOME = 0.10, 0.30


def _means(band: str, yearly: int | None, facts: Facts) -> Point:
    """What it would cost in a year for as many young people as the sheet takes, or as we reach
    when that is fewer."""
    name, label = "budget_band", gettext_lazy("Cost")
    if unsaid := _unsaid(name, label, band in COST, facts):
        return unsaid
    if facts["budget_band"] not in BUDGET:
        return Point(name, label, Verdict.UNKNOWN, _("Your budget is in no known band."), "moyens")
    groups = [one for one in (yearly, facts.get("youth_per_year")) if one]
    if not groups:
        return Point(
            name,
            label,
            Verdict.UNKNOWN,
            _("Neither the sheet nor your organisation says for how many young people."),
            lacks="jeunes",
        )
    young = min(groups)
    cost = COST[band] * young
    share = cost / BUDGET[facts["budget_band"]]
    lang = formats.active_language()
    why = ngettext(
        "For %(young)s young person a year, some %(cost)s: about %(share)s of a budget like yours.",
        "For %(young)s young people a year, some %(cost)s: about %(share)s of a budget like yours.",
        young,
    ) % {
        "young": formats.grouped(young, lang),
        "cost": formats.money(cost, lang),
        "share": formats.percent(round(share * 100), lang),
    }
    verdict = Verdict.FITS if share <= SMALL else Verdict.PARTLY if share <= SOME else Verdict.LOOK
    return Point(name, label, verdict, why)


def _staff(said: str, facts: Facts) -> Point:
    """What it asks of a team is told in words: both are put side by side, people judge."""
    name, label = "staff_fte", gettext_lazy("Team")
    if unsaid := _unsaid(name, label, said, facts):
        return unsaid
    lang = formats.active_language()
    ours = formats.grouped(facts["staff_fte"], lang)
    why = _("It asks for: %(theirs)s Your team: %(ours)s full-time equivalents.")
    theirs = said if said.endswith((".", "!", "?", "…")) else f"{said}."
    return Point(name, label, Verdict.LOOK, why % {"theirs": theirs, "ours": ours})


# ------------------------------------------------------------------- trials in a place like ours

LIKE_OURS = 8


@dataclass(frozen=True)
class Alike:
    """A trial told in a place like ours, and what the two places share."""

    trial: Trial
    shared: list[str]


def trials_like_ours(sheet: Sheet, facts: Facts, viewer: Viewer) -> list[Alike]:
    """The trials of the sheet told in our region or in a setting like ours, those that share both
    first. One query."""
    region, setting = facts.get("region", ""), facts.get("setting", "")
    alike = Q()
    if region:
        alike |= Q(region=region)
    if setting:
        alike |= Q(setting=setting)
    if not alike:
        return []
    rows = Trial.objects.readable_by(viewer).filter(alike, sheet=sheet)
    found = []
    for trial in rows.select_related("organisation").order_by("-created_at", "-id")[:50]:
        shared = []
        if region and trial.region == region:
            shared.append(terms.label("regions", region))
        if setting and trial.setting == setting:
            shared.append(terms.label("milieux", setting))
        found.append(Alike(trial, shared))
    return sorted(found, key=lambda one: -len(one.shared))[:LIKE_OURS]


# ------------------------------------------------------------------------- what goes with a text

# The filter of the list → the taxonomy whose words are looked for in a text.
RECOGNISED = {
    "determinant": "facteurs_risque",
    "ordre": "ordres_enseignement",
    "public": "publics",
    "type": "types_intervention",
    "region": "regions",
    "milieu": "milieux",
}
TOKEN = re.compile(r"[^\W_]+")
PART = re.compile(r"[,;()/]| et | ou ")
SHORTEST = 4


def _stem(token: str) -> str:
    """A folded word without the marks of its number and gender."""
    if len(token) > SHORTEST:
        token = token.removesuffix("s").removesuffix("x").removesuffix("e")
    return token


# What is in every text of the field tells nothing by itself.
USUAL = (
    "jeune", "eleve", "ecole", "scolaire", "scolarite", "milieu", "famille", "parent",
    "personnel", "intervention", "service", "soutien", "accompagnement", "acces", "facteur",
    "formation", "adulte", "communautaire", "social", "sociaux", "individuel", "familial",
    "familiaux", "promotion", "projet", "groupe", "cycle", "general", "professionnelle", "suivi",
    "prevention", "travail", "significatif", "difficulte", "faible", "education", "relance",
    "langue",
)  # fmt: skip
EVERYWHERE = {_stem(word) for word in USUAL}
FOUND = 12
LONGEST_TEXT = 20_000


def recognised(text: str) -> dict[str, list[str]]:
    """The words of the taxonomies that a text says, filter → codes. A part of a label counts when
    the text has all its telling words; a region, when it is named whole."""
    plain = fold(text[:LONGEST_TEXT])
    spaced = f" {' '.join(TOKEN.findall(plain))} "
    said = {_stem(token) for token in TOKEN.findall(plain)}
    found = {}
    for facet, scheme in RECOGNISED.items():
        named = _named_whole if facet in ("region", "milieu") else _named_by_part
        codes = [code for code, label in terms.scheme(scheme).items() if named(label, spaced, said)]
        if codes:
            found[facet] = codes
    return found


def _named_whole(label: str, spaced: str, said: set[str]) -> bool:
    words = [one for one in TOKEN.findall(fold(label)) if one != "milieu"]
    return bool(words) and f" {' '.join(words)} " in spaced


def _named_by_part(label: str, spaced: str, said: set[str]) -> bool:
    for part in PART.split(fold(label)):
        words = {_stem(one) for one in TOKEN.findall(part) if len(one) >= SHORTEST}
        telling = words - EVERYWHERE
        if telling and telling <= said:
            return True
    return False


def for_text(
    text: str, viewer: User, criteria: Mapping[str, Iterable[str]] | None = None
) -> list[Going]:
    """The sheets that go with a text (a funding call), each with why: the words of the taxonomies
    that both say (and `criteria`, filter → codes, chosen by hand), then the words they share.
    Those that meet most different facets come first. Nothing of the text is kept."""
    asked = recognised(text)
    for facet, codes in (criteria or {}).items():
        asked[facet] = list(dict.fromkeys([*asked.get(facet, []), *codes]))
    shared = _sharing(asked, viewer)
    near = registry.resembling("sheet", text, viewer, None, FOUND) if text.strip() else []
    sheets = {sheet.pk: sheet for sheet in [*near, *_sheets(shared, viewer)]}
    place = {sheet.pk: number for number, sheet in enumerate(near)}
    ranked = sorted(
        sheets.values(),
        key=lambda one: (
            -len(shared.get(one.pk, {})),
            place.get(one.pk, FOUND),
            -sum(len(codes) for codes in shared.get(one.pk, {}).values()),
            one.title_key,
        ),
    )
    return [
        Going(
            sheet,
            [
                terms.label(RECOGNISED[facet], code)
                for facet, codes in shared.get(sheet.pk, {}).items()
                for code in codes
            ],
            sheet.pk in place,
        )
        for sheet in ranked[:FOUND]
    ]


def _sharing(asked: Mapping[str, list[str]], viewer: Viewer) -> dict[int, dict[str, list[str]]]:
    """Of the sheets that say most of these words: filter → codes that they say. Two queries."""
    any_of = Q()
    for facet, codes in asked.items():
        any_of |= Q(term__scheme=RECOGNISED[facet], term__code__in=codes)
    if not any_of:
        return {}
    said = SheetTerm.objects.filter(any_of, sheet__in=Sheet.objects.readable_by(viewer).live())
    most = (
        said.order_by()
        .values("sheet")
        .annotate(facets=Count("term__scheme", distinct=True), words=Count("pk"))
    )
    ids = [row["sheet"] for row in most.order_by("-facets", "-words", "-sheet")[: 2 * FOUND]]
    facet_of = {scheme: facet for facet, scheme in RECOGNISED.items()}
    found: dict[int, dict[str, list[str]]] = {pk: {} for pk in ids}
    rows = said.filter(sheet__in=ids).order_by("sheet", "term__scheme", "term__position")
    for pk, scheme, code in rows.values_list("sheet", "term__scheme", "term__code"):
        found[pk].setdefault(facet_of[scheme], []).append(code)
    return found


def _sheets(shared: Mapping[int, Any], viewer: Viewer) -> list[Sheet]:
    if not shared:
        return []
    return list(for_rows(Sheet.objects.readable_by(viewer).live()).filter(pk__in=list(shared)))


def going_with(text: str, viewer: User) -> list[Going]:
    """`core.content.going_with`: what the directory offers for a text."""
    return for_text(text, viewer)
