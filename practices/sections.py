"""What a sheet is made of: its sections, the fields of each, and how each field is explained.

This table is the one description of a sheet. The form of a section, its display, its differences,
its words for the search, its print and its exports all read it. The content of a version is
`{section: {field: value}}`; what a value is depends on the kind of its field:

    LINE, TEXT      str
    LINES           list of str, one a line
    STEPS           list of {"title": str, "text": str}
    CHOICE          str, one of `choices()`
    TERMS           list of str, codes of the taxonomy `scheme`
    NUMBER          int
    YES             True, or absent
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import terms
from core.formats import ENGLISH, FRENCH

Said = str | Promise


class Kind(StrEnum):
    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    STEPS = "steps"
    CHOICE = "choice"
    TERMS = "terms"
    NUMBER = "number"
    YES = "yes"


@dataclass(frozen=True)
class Field:
    """One field. `most` is how many characters it takes (each line, for LINES); `many` how many
    lines, steps or terms; `counted` whether the completeness of the sheet looks at it; `english`
    whether it is written in English, the others being in French."""

    name: str
    kind: Kind
    label: Said
    help: Said = ""
    required: bool = False
    most: int = 2000
    many: int = 20
    scheme: str = ""
    words: tuple[tuple[str, Said], ...] = ()
    counted: bool = True
    english: bool = False

    @property
    def language(self) -> str:
        """In which its values are written, as `lang` says it; nothing for words of ours."""
        if self.kind in (Kind.CHOICE, Kind.NUMBER, Kind.YES):
            return ""
        return ENGLISH if self.english else FRENCH

    def choices(self) -> dict[str, Any]:
        """The words that it offers, code → label: its own, or those of its taxonomy by family,
        without the headings."""
        if not self.scheme:
            return dict(self.words)
        headings = terms.headings(self.scheme)
        words = terms.by_family(self.scheme).items()
        return {code: label for code, label in words if code not in headings}

    def heading(self, code: str) -> str:
        """The word that it stands below in its taxonomy, or nothing."""
        above = terms.above(self.scheme).get(code, "")
        return terms.label(self.scheme, above) if above else ""


@dataclass(frozen=True)
class Section:
    """One section: `help` says what it is for, `example` shows one way to fill it in."""

    name: str
    label: Said
    help: Said
    example: Said
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)


RUNNING: tuple[tuple[str, Said], ...] = (
    ("en-cours", _("Running")),
    ("en-pause", _("Paused")),
    ("terminee", _("Ended")),
)
# For one young person, everything included.
COSTS: tuple[tuple[str, Said], ...] = (
    ("moins-100", _("Less than $100 per young person")),
    ("100-500", _("$100 to $500 per young person")),
    ("500-2000", _("$500 to $2,000 per young person")),
    ("2000-5000", _("$2,000 to $5,000 per young person")),
    ("plus-5000", _("More than $5,000 per young person")),
)
ADAPTING: tuple[tuple[str, Said], ...] = (
    ("mention", _("Anybody may adapt it, with credit")),
    ("partage", _("Anybody may adapt it, with credit, and shares the adaptation here")),
    ("demande", _("Ask the organisation before adapting it")),
    ("non", _("Not to be adapted")),
)


def _section(name: str, label: Said, help: Said, example: Said, *fields: Field) -> Section:
    return Section(name, label, help, example, fields)


SECTIONS: tuple[Section, ...] = (
    _section(
        "identite",
        _("Identity"),
        _("What it is called, and what it is in a few lines: that is what everybody reads first."),
        _("Return plan on one page. A plan written with the young person, the parents and the "
          "school: tiny steps, what to do when it slips back, support in the morning."),
        Field("title", Kind.LINE, _("Title"), required=True, most=160),
        Field("summary", Kind.TEXT, _("Summary"), _("Five hundred characters at most."),
              required=True, most=500),
        Field("contact", Kind.LINE, _("Whom to contact"),
              _("A function and how to reach it; not a private number."), most=200),
        Field("since", Kind.LINE, _("Since when"), _("A year is enough."), most=40),
        Field("running", Kind.CHOICE, _("Where it stands"), words=RUNNING),
    ),
    _section(
        "besoin",
        _("Context and need"),
        _("What was happening before, and for whom: others recognise their own situation here."),
        _("Before the agreement, suspended pupils spent the day alone at home. About ninety stays "
          "a year."),
        Field("context", Kind.TEXT, _("Context and need"), required=True, most=4000),
        Field("objectives", Kind.LINES, _("Objectives"), _("One a line."), most=300),
    ),
    _section(
        "public",
        _("Young people concerned"),
        _("For whom it is, and for whom it is not."),
        _("Pupils of 12 to 17 suspended for one to five days, referred by the school with the "
          "parent’s agreement. Groups of six at most."),
        Field("levels", Kind.TERMS, _("School level"), required=True, scheme="ordres_enseignement"),
        Field("ages", Kind.TERMS, _("Ages"), scheme="groupes_age"),
        Field("publics", Kind.TERMS, _("Audience"), scheme="publics"),
        Field("criteria", Kind.TEXT, _("Criteria"), _("Who is taken, who is directed elsewhere.")),
        Field("yearly", Kind.NUMBER, _("Young people a year"), most=6),
    ),
    _section(
        "visees",
        _("What it acts on"),
        _("The determinants of dropping out that it aims at, and the type of intervention."),
        _("Low motivation and engagement; link between family and school. Mediation, alternative "
          "to suspension."),
        Field("determinants", Kind.TERMS, _("Determinants aimed at"), required=True,
              scheme="facteurs_risque", many=12),
        Field("types", Kind.TERMS, _("Type of intervention"), scheme="types_intervention", many=8),
        Field("prevention", Kind.TERMS, _("Level of prevention"), scheme="niveaux_prevention"),
        Field("regions", Kind.TERMS, _("Region"), scheme="regions"),
        Field("settings", Kind.TERMS, _("Setting"), scheme="milieux"),
    ),
    _section(
        "logique",
        _("Logic"),
        _("If we do this, then that should happen, because… One sentence each."),
        _("If one same person comes every week, then the family opens the door again, because "
          "nothing is asked of it before the fourth meeting."),
        Field("if_we", Kind.TEXT, _("If we…"), most=600),
        Field("then", Kind.TEXT, _("then…"), most=600),
        Field("because", Kind.TEXT, _("because…"), most=600),
    ),
    _section(
        "composantes",
        _("Components"),
        _("What must not be changed if it is to work, and what each place may change."),
        _("Essential: the return meeting always takes place. Adaptable: two days in place of "
          "three."),
        Field("essential", Kind.LINES, _("Essential components"), _("One a line."), most=300),
        Field("adaptable", Kind.LINES, _("Adaptable components"), _("One a line."), most=300),
    ),
    _section(
        "deroulement",
        _("How it goes"),
        _("The steps, so that somebody who was never there could do it tomorrow."),
        _("Before: the school calls before 10. Day 1: welcome, simple rules, the young person "
          "tells what happened."),
        Field("steps", Kind.STEPS, _("Steps"), required=True, most=2000),
        Field("duration", Kind.LINE, _("Duration"), most=200),
        Field("intensity", Kind.LINE, _("Intensity"), _("How often, how long each time."),
              most=200),
        Field("staff", Kind.TEXT, _("Staff"), most=600),
        Field("training", Kind.TEXT, _("Training"), most=600),
        Field("material", Kind.TEXT, _("Material and place"), most=600),
        Field("partners", Kind.LINES, _("Partners"), _("One a line."), most=200),
    ),
    _section(
        "cout",
        _("Cost"),
        _("An order of magnitude: what it takes for one young person, everything included."),
        _("About $78,000 a year for ninety stays."),
        Field("band", Kind.CHOICE, _("Cost per young person"), words=COSTS),
        Field("detail", Kind.TEXT, _("What it covers"), most=600),
    ),
    _section(
        "resultats",
        _("Results"),
        _("What was observed, how, with how many; and what was not known, or not wanted."),
        _("Of 92 stays, 71 young people were not suspended again within eight weeks. Internal "
          "data, no comparison group."),
        Field("observed", Kind.LINES, _("What was observed"), _("One a line."), most=400),
        Field("indicators", Kind.LINES, _("Indicators"), _("One a line."), most=200),
        Field("method", Kind.TEXT, _("Method"), most=1000),
        Field("sample", Kind.LINE, _("Sample"), most=200),
        Field("period", Kind.LINE, _("Period"), most=100),
        Field("unwanted", Kind.TEXT, _("Unwanted effects"), most=1000),
        Field("limits", Kind.TEXT, _("Limits"), most=1000),
    ),
    _section(
        "lecons",
        _("What we learned"),
        _("What made it work, what got in the way, and what never to do again: the most useful "
          "lines of the sheet."),
        _("Mistake to avoid: becoming the place where disturbing pupils are sent."),
        Field("success", Kind.LINES, _("Success factors"), _("One a line."), most=300),
        Field("obstacles", Kind.LINES, _("Obstacles"), _("One a line."), most=300),
        Field("mistakes", Kind.LINES, _("Mistakes to avoid"), _("One a line."), required=True,
              most=300),
    ),
    _section(
        "perennite",
        _("Lasting and passing on"),
        _("What keeps it alive when the funding or the person changes, and what others may do "
          "with it."),
        _("Written into the agreement with the school service centre. Whoever adapts it says so "
          "here."),
        Field("sustainability", Kind.TEXT, _("Sustainability")),
        Field("adapting", Kind.CHOICE, _("Right to adapt"), words=ADAPTING),
        Field("ownership", Kind.TEXT, _("To whom the knowledge belongs"), most=600, counted=False),
    ),
    _section(
        "ethique",
        _("Ethics"),
        _("Nobody can be recognised, consent was obtained, and what to watch for is said."),
        _("Situations are composed from several; the two families quoted have agreed."),
        Field("nobody", Kind.YES, _("No young person and no family can be recognised in this "
                                    "sheet"), required=True),
        Field("consent", Kind.TEXT, _("Consents obtained"), most=600),
        Field("care", Kind.TEXT, _("What to watch for"), most=1000),
    ),
    _section(
        "anglais",
        _("In English"),
        _("A title and a summary for those who read English only."),
        _("Three-day alternative to suspension. We welcome the suspended pupil for three days…"),
        Field("title_en", Kind.LINE, _("English title"), most=160, counted=False, english=True),
        Field("summary_en", Kind.TEXT, _("English summary"), most=500, counted=False,
              english=True),
    ),
)  # fmt: skip
BY_NAME = {section.name: section for section in SECTIONS}


def scheme_fields() -> list[tuple[str, Field]]:
    """The fields that hold words of a taxonomy, each with the name of its section."""
    return [
        (section.name, field)
        for section in SECTIONS
        for field in section.fields
        if field.kind is Kind.TERMS
    ]
