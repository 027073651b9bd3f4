"""Whose a document is, what may be done with it, and who reads it from when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from community.models import SubCommunity
from core.audience import Level
from core.composing import Refusing
from library import errors
from library.forms.fields import DateInput
from library.models import Document, Licence
from library.permissions import levels_of, spaces_to_deposit_in

if TYPE_CHECKING:
    from accounts.models import User
    from library.services.metadata import Metadata

# Before the address of a space, in the choice of an audience.
IN_SPACE = "espace:"
# The audience that a document has, when she could not have chosen it.
AS_IT_IS = "actuel"
ORGANISATIONS = 400


class SharingForm(Refusing):
    """Filled in once, also for several documents deposited together.

    `document` is the one that is being changed.
    """

    FIELD_OF = {
        errors.PublicWithoutPermission: "audience",
        errors.NoOrganisation: "audience",
        errors.NotAMember: "audience",
        errors.SpaceClosed: "audience",
    }

    publisher_name = forms.CharField(
        label=gettext_lazy("Publishing organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
    )
    licence = forms.ChoiceField(
        label=gettext_lazy("Licence"),
        choices=[("", gettext_lazy("Choose…")), *Licence.choices],
        help_text=gettext_lazy(
            "What others may do with it. When you do not know who gave permission, say so: it "
            "stays within the community, and you will be reminded to ask."
        ),
    )
    rights_holder = forms.CharField(
        label=gettext_lazy("Rights holder"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("When it is not the publishing organisation."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who reads it"))
    embargo_until = forms.DateField(
        label=gettext_lazy("Embargo until"),
        required=False,
        widget=DateInput(attrs={"class": "short"}),
        help_text=gettext_lazy("Nobody else reads it before that day."),
    )

    def __init__(
        self, *args: Any, user: User, document: Document | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.spaces = _spaces_of(user)
        field = self.fields["audience"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        choices = audiences(user, list(self.spaces.values()))
        if document is not None and not _hers(document, user, choices):
            choices.insert(0, (AS_IT_IS, _("As now: %(level)s") % {"level": _level(document)}))
            self.initial["audience"] = AS_IT_IS
        field.choices = choices

    @property
    def organisations(self) -> list[str]:
        """Names to choose from while typing."""
        rows = Organisation.objects.readable_by(self.user).order_by("name")
        return list(rows.values_list("name", flat=True)[:ORGANISATIONS])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("audience") == Level.PUBLIC and data.get("licence") == Licence.UNKNOWN:
            self.refuse(errors.PublicWithoutPermission())
        return data

    def given(self) -> Metadata:
        """What the services take."""
        data = self.cleaned_data
        words: dict[str, Any] = {
            name: data[name]
            for name in ("publisher_name", "licence", "rights_holder", "embargo_until")
        }
        named = Organisation.objects.readable_by(self.user)
        words["publisher"] = named.filter(name__iexact=data["publisher_name"]).first()
        if data["audience"] != AS_IT_IS:
            words |= placed(data["audience"], self.spaces)
        return cast("Metadata", words)


def _spaces_of(user: User) -> dict[str, SubCommunity]:
    """Her spaces by their address. The common one is the whole community: it is not among them."""
    rows = spaces_to_deposit_in(user).filter(is_common=False).order_by("position", "name")
    return {space.slug: space for space in rows}


def audiences(user: User, spaces: list[SubCommunity]) -> list[tuple[str, str]]:
    """With whom she may share, and where an animator looks at it first."""
    common = SubCommunity.objects.filter(is_common=True).first()
    found: list[tuple[str, str]] = []
    for level in levels_of(user):
        if level == Level.SPACE:
            found += [(IN_SPACE + one.slug, _said(one.name, one, user)) for one in spaces]
        else:
            label = str(Level(level).label)
            if level == Level.ORGANISATION and user.organisation is not None:
                label = f"{label} ({user.organisation.name})"
            found.append((level, _said(label, common, user)))
    return found


def _said(label: str, space: SubCommunity | None, user: User) -> str:
    if space is None or not space.approves_documents or user.is_animator:
        return label
    return _("%(audience)s, once an animator has approved it") % {"audience": label}


def placed(audience: str, spaces: dict[str, SubCommunity]) -> dict[str, Any]:
    """The level and the space of a choice of `audiences`."""
    if audience.startswith(IN_SPACE):
        return {"level": Level.SPACE, "space": spaces[audience.removeprefix(IN_SPACE)]}
    return {"level": audience, "space": None}


def audience_of(document: Document) -> str:
    """The choice that says the audience of a document."""
    if document.level == Level.SPACE and document.space is not None:
        return IN_SPACE + document.space.slug
    return document.level


def _hers(document: Document, user: User, choices: list[tuple[str, str]]) -> bool:
    """Whether the audience of a document is one that she could choose."""
    elsewhere = document.organisation_id is not None and (
        document.organisation_id != user.organisation_id
    )
    return audience_of(document) in dict(choices) and not elsewhere


def _level(document: Document) -> str:
    if document.space is not None:
        return document.space.name
    if document.organisation is not None:
        return document.organisation.name
    return str(Level(document.level).label)


def initial_of(document: Document) -> dict[str, Any]:
    """The sharing as it stands."""
    names = ("publisher_name", "licence", "rights_holder", "embargo_until")
    words = {name: getattr(document, name) for name in names}
    return words | {"audience": audience_of(document)}


def first_initial(user: User, wanted: str = "") -> dict[str, Any]:
    """Of a new document: her organisation, and the space that she comes from (its address)."""
    publisher = user.organisation.name if user.organisation is not None else ""
    audience = IN_SPACE + wanted if wanted in _spaces_of(user) else Level.COMMUNITY
    return {"publisher_name": publisher, "audience": audience}
