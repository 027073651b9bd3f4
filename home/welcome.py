"""The welcome path: six small steps for a newcomer, each known by its proof.

The steps are those of `parcours_accueil` in the demo data. A step is done when its proof is
there (she is in a sub-community, she thanked somebody…) or when it was noted. `DISMISSED` is not
a step: it says that she put the path away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import fields
from accounts.models import Organisation, Profile, Skill, User
from accounts.querysets import active_q
from community.models import Membership, Reaction
from core import content
from core.content import Awaiting, Tally
from home.models import WelcomeStep
from notifications.models import EVERYTHING, Subscription

DISMISSED = 0
SPACES, MAIL, WORDS, READ, THANK, TWIN = range(1, 7)
HELPS_WANTED, SEEKS_WANTED = 3, 1


@dataclass(frozen=True)
class Step:
    number: int
    title: str | Promise
    minutes: int
    done: bool
    url: str = ""
    help: str | Promise = ""


@dataclass(frozen=True)
class Twin:
    """The other organisation, as this person may see it."""

    organisation: Organisation
    place: str
    offers: str


@dataclass(frozen=True)
class Path:
    steps: list[Step]
    twin: Twin | None
    thank: tuple[Any, str] | None

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def is_beginning(self) -> bool:
        """Whether it comes first on her home; later it comes last, and says only what is left."""
        return self.done < len(self.steps) / 2

    @property
    def shown(self) -> list[Step]:
        return self.steps if self.is_beginning else [one for one in self.steps if not one.done]

    @property
    def finished(self) -> bool:
        return self.done == len(self.steps)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)


def me(user: User) -> Any:
    """The person with all that her home asks of her, in one query: her function, her twin
    organisation, the steps noted, the proofs that are hers alone, what awaits her word."""
    noted = WelcomeStep.objects.filter(user=OuterRef("pk"))
    steps = {f"noted_{n}": Exists(noted.filter(step=n)) for n in range(DISMISSED, TWIN + 1)}
    thanks = Reaction.objects.filter(user=OuterRef("pk"), type=Reaction.Type.THANKS)
    colleagues = User.objects.filter(active_q(), organisation=OuterRef("organisation"))
    return (
        User.objects.filter(pk=user.pk)
        .select_related("organisation__twin")
        .annotate(
            function=Subquery(Profile.objects.filter(owner=OuterRef("pk")).values("function")[:1]),
            chose_mail=Exists(Subscription.objects.to(EVERYTHING, 0).filter(user=OuterRef("pk"))),
            thanked=Exists(thanks),
            alone=~Exists(colleagues.exclude(pk=OuterRef("pk"))),
            **steps,
            **_asked(user),
        )
        .get()
    )


def _asked(user: User) -> dict[str, Any]:
    """What the rooms ask of her row, by the name of the tally that asks."""
    asked = {name: tally.asked(user) for name, tally in _tallies()}
    return {name: expression for name, expression in asked.items() if expression is not None}


def awaiting(person: Any) -> list[Awaiting]:
    """What the rooms say awaits her own word. `person` comes from `me`."""
    said = [tally.said(getattr(person, name, None)) for name, tally in _tallies()]
    return [one for one in said if one is not None]


def _tallies() -> Iterator[tuple[str, Tally]]:
    for kind in content.kinds():
        for number, tally in enumerate(kind.tallies):
            yield f"tally_{kind.name}_{number}", tally


def path(person: Any, memberships: list[Membership], skills: list[Skill]) -> Path | None:
    """Her path, or None when it is walked or put away. `person` comes from `me`."""
    noted = {n for n in range(DISMISSED, TWIN + 1) if getattr(person, f"noted_{n}")}
    if DISMISSED in noted or noted >= set(range(SPACES, TWIN + 1)):
        return None
    first = None
    for kind in content.kinds():
        if kind.first_reading is not None:
            first = first or kind.first_reading(person)
    to_read = list(first[:5]) if first is not None else []
    opened = any(one.opened for one in to_read)
    helps = sum(skill.direction == Skill.Direction.HELPS for skill in skills)
    proofs = {
        SPACES: any(not stay.space.is_common for stay in memberships),
        MAIL: person.chose_mail,
        WORDS: helps >= HELPS_WANTED and len(skills) - helps >= SEEKS_WANTED,
        READ: opened,
        THANK: person.thanked,
        TWIN: False,
    }
    done = {number for number, proof in proofs.items() if proof or number in noted}
    twin = _twin(person)
    unread = next((one for one in to_read if not one.opened), None)
    thank = _to_thank(person) if THANK not in done else None
    steps = _steps(done, unread.get_absolute_url() if unread else "", twin)
    impossible = set() if unread else {READ}
    if thank is None:
        impossible.add(THANK)
    if twin is None and not _may_have_twin(person):
        impossible.add(TWIN)
    return Path(
        steps=[step for step in steps if step.done or step.number not in impossible],
        twin=twin if TWIN not in done else None,
        thank=thank,
    )


def _may_have_twin(person: Any) -> bool:
    """The federation pairs its member organisations, not itself nor its partners."""
    organisation = person.organisation
    return organisation is not None and organisation.category == Organisation.Category.MEMBER


def _steps(done: set[int], pinned_url: str, twin: Twin | None) -> list[Step]:
    return [
        Step(
            SPACES,
            _("Choose my sub-communities"),
            1,
            SPACES in done,
            reverse("community:index"),
        ),
        Step(
            MAIL,
            _("Set my e-mails"),
            1,
            MAIL in done,
            reverse("notifications:preferences"),
            _("To begin with: each message of the threads you follow, or one digest a week."),
        ),
        Step(
            WORDS,
            _("Write three keywords of what I know, and one of what I am looking for"),
            2,
            WORDS in done,
            reverse("accounts:profile"),
        ),
        Step(READ, _("Read the pinned thread of my sub-community"), 5, READ in done, pinned_url),
        Step(
            THANK,
            _("Thank somebody for a useful message"),
            1,
            THANK in done,
            "",
            _("A first public gesture, without any risk."),
        ),
        Step(
            TWIN,
            _("Meet my twin organisation"),
            20,
            TWIN in done,
            twin.organisation.get_absolute_url() if twin else "",
            ""
            if twin
            else _("The animation team pairs organisations by region, setting and what they seek."),
        ),
    ]


def _twin(person: Any) -> Twin | None:
    organisation = person.organisation.twin if person.organisation else None
    if organisation is None:
        return None
    shown = {}
    for field in fields.table(organisation):
        if field.name in ("municipality", "offers"):
            level = fields.level_of(organisation, field)
            if fields.may_see(level, organisation, person):
                shown[field.name] = fields.raw(organisation, field)
    return Twin(organisation, shown.get("municipality", ""), shown.get("offers", ""))


def _to_thank(person: Any) -> tuple[Any, str] | None:
    for kind in content.kinds():
        if kind.to_thank is not None:
            found = kind.to_thank(person)
            if found is not None:
                return found
    return None


def note(user: User, step: int) -> None:
    """Note a step, or `DISMISSED`; once is enough."""
    WelcomeStep.objects.get_or_create(user=user, step=step)
