"""The facts of an organisation and of a profile: what each is, and who may see it.

The table of organisations is `champs_organisation` (27 facts, the same keys), with the few that
are ours. Pages, exports and search ask `visible_fields`, and nothing else, what a viewer sees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, Profile, Skill, User
from accounts.permissions import can_edit_organisation
from core import formats, terms
from core.audience import Level

if TYPE_CHECKING:
    from core.audience import Viewer

Text = str | Promise

# How a fact is written and read.
WORDS, LONG, YEAR, NUMBER, DECIMAL = "text", "long", "year", "number", "decimal"
TERM, TERMS, LIST, CHOICE, PERSON, DATE = "term", "terms", "list", "choice", "person", "date"
EMAIL, URL, PHONE, SKILLS, IMAGE = "email", "url", "phone", "skills", "image"

NBSP = "\u00a0"
BUDGET_BANDS = (
    f"moins de 250{NBSP}000{NBSP}$",
    f"250{NBSP}000{NBSP}$ à 499{NBSP}999{NBSP}$",
    f"500{NBSP}000{NBSP}$ à 749{NBSP}999{NBSP}$",
    f"750{NBSP}000{NBSP}$ et plus",
)


@dataclass(frozen=True)
class Field:
    """One fact: `key` as in the demo data and exports, `name` of the model's column."""

    key: str
    name: str
    kind: str
    default: str
    section: str
    required: bool = False
    scheme: str = ""
    help: Text = ""
    label: Text = ""


@dataclass(frozen=True)
class Section:
    """A part of the form, saved by itself. `slug` is in its address."""

    slug: str
    title: Text
    help: Text = ""


PUBLIC, COMMUNITY = Level.PUBLIC, Level.COMMUNITY
OWN, ANIMATION = Level.ORGANISATION, Level.ANIMATION

SECTIONS = (
    Section("identite", _("The organisation")),
    Section("territoire", _("The territory")),
    Section("jeunes", _("Young people and interventions")),
    Section("moyens", _("Means"), _("A broad picture is enough: nobody checks the figures.")),
    Section("echanges", _("Sharing and concertation")),
    Section("contact", pgettext_lazy("of an organisation", "Contact")),
)

ORGANISATION: tuple[Field, ...] = (
    Field("nom", "name", WORDS, PUBLIC, "identite", required=True),
    Field(
        "mission",
        "mission",
        LONG,
        PUBLIC,
        "identite",
        required=True,
        help=_("Two or three sentences, as in your letters patent or your annual report."),
    ),
    Field("annee_fondation", "founded_in", YEAR, PUBLIC, "identite"),
    Field(
        "neq",
        "neq",
        WORDS,
        ANIMATION,
        "identite",
        required=True,
        help=_("Ten digits; begins with 11 for a legal person."),
    ),
    Field(
        "numero_bienfaisance",
        "charity_number",
        WORDS,
        COMMUNITY,
        "identite",
        help=_("Nine digits, RR and four digits. Leave empty if you are not registered."),
    ),
    Field("region", "region", TERM, PUBLIC, "territoire", required=True, scheme="regions"),
    Field("municipalite", "municipality", WORDS, PUBLIC, "territoire", required=True),
    Field(
        "territoire",
        "territory",
        WORDS,
        COMMUNITY,
        "territoire",
        required=True,
        help=_("RCMs, neighbourhoods or municipalities."),
    ),
    Field("milieu", "setting", TERM, PUBLIC, "territoire", required=True, scheme="milieux"),
    Field(
        "css",
        "school_boards",
        LIST,
        COMMUNITY,
        "territoire",
        help=_("One a line, or separated by commas."),
    ),
    Field(
        "groupes_age", "age_groups", TERMS, PUBLIC, "jeunes", required=True, scheme="groupes_age"
    ),
    Field("publics", "publics", TERMS, PUBLIC, "jeunes", scheme="publics"),
    Field("ordres", "school_levels", TERMS, PUBLIC, "jeunes", scheme="ordres_enseignement"),
    Field(
        "types_intervention",
        "interventions",
        TERMS,
        PUBLIC,
        "jeunes",
        required=True,
        scheme="types_intervention",
    ),
    Field(
        "jeunes_par_annee",
        "youth_per_year",
        NUMBER,
        COMMUNITY,
        "jeunes",
        help=_("Last complete year, different people."),
    ),
    Field("familles_par_annee", "families_per_year", NUMBER, COMMUNITY, "jeunes"),
    Field("employes_etp", "staff_fte", DECIMAL, COMMUNITY, "moyens"),
    Field("benevoles", "volunteers", NUMBER, COMMUNITY, "moyens"),
    Field(
        "budget_tranche",
        "budget_band",
        CHOICE,
        ANIMATION,
        "moyens",
        help=_("Only serves overall portraits."),
    ),
    Field(
        "sources_financement",
        "funding_sources",
        TERMS,
        COMMUNITY,
        "moyens",
        scheme="sources_financement",
    ),
    Field(
        "concertations",
        "consultation_places",
        TERMS,
        COMMUNITY,
        "echanges",
        scheme="lieux_concertation",
    ),
    Field(
        "langues",
        "languages",
        LIST,
        PUBLIC,
        "jeunes",
        help=_("Separated by commas: français, anglais."),
    ),
    Field("offre", "offers", LONG, COMMUNITY, "echanges"),
    Field("cherche", "seeks", LONG, COMMUNITY, "echanges"),
    Field("personne_referente", "contact", PERSON, COMMUNITY, "contact", required=True),
    Field(
        "responsable_prp",
        "privacy_officer",
        WORDS,
        ANIMATION,
        "contact",
        required=True,
        help=_("Title of the person, and how to reach her."),
    ),
    Field("adhesion_le", "member_since", DATE, COMMUNITY, "contact", required=True),
)

ORGANISATION_MORE: tuple[Field, ...] = (
    Field("sigle", "acronym", WORDS, PUBLIC, "identite"),
    Field(
        "marqueurs_territoire",
        "territory_markers",
        TERMS,
        COMMUNITY,
        "territoire",
        scheme="marqueurs_territoire",
    ),
    Field("courriel", "email", EMAIL, COMMUNITY, "contact"),
    Field("site_web", "website", URL, PUBLIC, "contact"),
    Field("telephone", "phone", PHONE, COMMUNITY, "contact"),
)

PROFILE: tuple[Field, ...] = (
    Field("pronom", "pronoun", WORDS, COMMUNITY, "profil"),
    Field("fonction", "function", TERM, COMMUNITY, "profil", scheme="fonctions"),
    Field("titre_poste", "job_title", WORDS, COMMUNITY, "profil", label=_("Job title")),
    Field("region", "region", TERM, COMMUNITY, "profil", scheme="regions"),
    Field("bio", "bio", LONG, COMMUNITY, "profil"),
    Field("expertises", "helps", SKILLS, COMMUNITY, "profil", label=_("I can help")),
    Field("cherche", "seeks", SKILLS, COMMUNITY, "profil", label=_("I am looking for")),
    Field("courriel", "email", EMAIL, COMMUNITY, "profil", label=_("E-mail")),
    Field("telephone", "phone", PHONE, OWN, "profil"),
)

# Levels offered beside each field, from the widest to the narrowest.
ORGANISATION_LEVELS = (Level.PUBLIC, Level.COMMUNITY, Level.ORGANISATION, Level.ANIMATION)
PROFILE_LEVELS = (Level.COMMUNITY, Level.ORGANISATION, Level.ANIMATION)
# Without a name, a page would be about nobody: it is as wide as the page itself.
ALWAYS = frozenset({"name"})


@dataclass(frozen=True)
class Shown:
    """One fact as its viewer may see it. `value` is a text, or a list of texts for lists;
    `href` leads somewhere (mail, telephone, website) when there is somewhere to go."""

    field: Field
    label: Text
    value: Any
    href: str = ""

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)


def table(obj: Organisation | Profile) -> tuple[Field, ...]:
    return PROFILE if isinstance(obj, Profile) else (*ORGANISATION, *ORGANISATION_MORE)


def label(field: Field, model: type[Model]) -> Text:
    """The words of a fact: its own, or those of the model's column."""
    verbose: Any = field.label or getattr(model._meta.get_field(field.name), "verbose_name", "")
    return verbose


def level_of(obj: Organisation | Profile, field: Field) -> str:
    """How far this fact of this object is shared: the owner's choice, or the default."""
    levels = PROFILE_LEVELS if isinstance(obj, Profile) else ORGANISATION_LEVELS
    chosen = obj.visibility.get(field.name)
    return chosen if chosen in levels and field.name not in ALWAYS else field.default


def raw(obj: Organisation | Profile, field: Field) -> Any:
    """The stored value, wherever it lives: job title and address are the account's."""
    if isinstance(obj, Profile):
        if field.kind == SKILLS:
            direction = Skill.Direction.HELPS if field.name == "helps" else Skill.Direction.SEEKS
            return [skill.word for skill in obj.skills.all() if skill.direction == direction]
        if field.name in ("job_title", "email"):
            return getattr(obj.owner, field.name, "")
    return getattr(obj, field.name)


def visible_fields(obj: Organisation | Profile, viewer: Viewer) -> list[Shown]:
    """The facts that are filled in and that `viewer` may see, in the order of the table.

    Whoever may not read the object itself sees nothing of it: the caller starts from
    `readable_by`. Costs no query beyond the object, its people and its skills.
    """
    shown = []
    for field in table(obj):
        value = raw(obj, field)
        if value in (None, "", []) or not may_see(level_of(obj, field), obj, viewer):
            continue
        shown.append(_shown(obj, field, value, viewer))
    return shown


def may_see(level: str, obj: Organisation | Profile, viewer: Viewer) -> bool:
    """Whether a fact of `obj` shared at that level reaches `viewer`. Whoever edits the object
    sees all of it."""
    if level == Level.PUBLIC:
        return True
    if not viewer.is_authenticated or not viewer.is_current:
        return False
    if _edits(obj, viewer):
        return True
    if level == Level.COMMUNITY:
        return True
    if level == Level.MEMBERS:
        return not viewer.is_guest
    if level == Level.ORGANISATION:
        own = obj.organisation_id if isinstance(obj, Profile) else obj.pk
        return own is not None and viewer.organisation_id == own
    return level == Level.ANIMATION and viewer.is_animator


def _edits(obj: Organisation | Profile, viewer: Any) -> bool:
    if isinstance(obj, Profile):
        return bool(obj.owner_id == viewer.pk)
    return can_edit_organisation(viewer, obj)


def _shown(obj: Organisation | Profile, field: Field, value: Any, viewer: Viewer) -> Shown:
    words, href = render(field, value)
    if field.kind == PERSON and viewer.is_authenticated and not viewer.is_guest:
        href = value.get_absolute_url()
    return Shown(field, label(field, type(obj)), words, href)


def visible_q(viewer: User, model: type[Organisation] | type[Profile], name: str) -> Q:
    """The rows of `model` whose field `name` reaches `viewer`: `may_see`, in SQL.

    A list filtered by a fact starts from it: what is kept from somebody does not answer to her
    filters either.
    """
    profile = model is Profile
    if not profile and viewer.is_animator:
        return Q(pk__isnull=False)
    fields = PROFILE if profile else (*ORGANISATION, *ORGANISATION_MORE)
    default = next(field.default for field in fields if field.name == name)
    seen = [Level.PUBLIC, Level.COMMUNITY]
    if viewer.is_animator:
        seen.append(Level.ANIMATION)
    rule = _at_levels(name, default, seen)
    if viewer.organisation_id:
        own = "organisation_id" if profile else "pk"
        near = Q(**{own: viewer.organisation_id})
        rule |= near & _at_levels(name, default, [*seen, Level.ORGANISATION])
    if profile:
        return rule | Q(owner_id=viewer.pk)
    return rule | Q(contact_id=viewer.pk)


def _at_levels(name: str, default: str, levels: list[Level]) -> Q:
    chosen = Q(**{f"visibility__{name}__in": [str(level) for level in levels]})
    return chosen | ~Q(visibility__has_key=name) if default in levels else chosen


def render(field: Field, value: Any) -> tuple[Any, str]:
    """The value in words (a list of words for lists) and where it leads."""
    language = formats.active_language()
    if field.kind == TERM:
        return terms.label(field.scheme, value), ""
    if field.kind == TERMS:
        return terms.labels(field.scheme, value), ""
    if field.kind in (LIST, SKILLS):
        return [str(word) for word in value], ""
    if field.kind in (NUMBER, DECIMAL):
        return formats.grouped(value, language), ""
    if field.kind == DATE:
        return formats.day(value, language), ""
    if field.kind == EMAIL:
        return value, f"mailto:{value}"
    if field.kind == PHONE:
        return value, f"tel:{''.join(char for char in value if char.isdigit() or char == '+')}"
    if field.kind == URL:
        return value.removeprefix("https://").removeprefix("http://").rstrip("/"), value
    return str(value), ""


@dataclass(frozen=True)
class Completeness:
    """How much is filled in, and the most useful field to fill next (None when all are)."""

    percent: int
    next: Field | None
    next_label: Text = ""

    @property
    def full(self) -> bool:
        return self.next is None


def completeness(obj: Organisation | Profile) -> Completeness:
    """Of the 27 facts of an organisation, or of the useful ones of a profile: the required come
    first. An invitation to go on, never a condition for anything."""
    fields: Iterable[Field]
    fields = [f for f in PROFILE if f.name in USEFUL] if isinstance(obj, Profile) else ORGANISATION
    wanted = sorted(fields, key=lambda field: not field.required)
    empty = [field for field in wanted if raw(obj, field) in (None, "", [])]
    percent = round(100 * (len(wanted) - len(empty)) / len(wanted))
    if not empty:
        return Completeness(100, None)
    return Completeness(percent, empty[0], label(empty[0], type(obj)))


USEFUL = ("function", "job_title", "region", "helps", "seeks", "bio")
