"""The forms of collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.audience import Level
from core.errors import Refused
from library import errors
from library.permissions import levels_of, spaces_to_deposit_in
from library.services.collections import PRIVATE

if TYPE_CHECKING:
    from accounts.models import User
    from library.models import Collection

# Before the address of a space, in the choice of an audience.
IN_SPACE = "espace:"
NEW = "nouvelle"


class CollectionForm(forms.Form):
    """What a collection is called, what it is for, and who reads it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    audience = forms.ChoiceField(
        label=pgettext_lazy("a collection", "Who reads it"),
        help_text=gettext_lazy("Each reader finds in it only the documents that she may read."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {
            space.slug: space for space in spaces_to_deposit_in(user).order_by("position", "name")
        }
        levels = [level for level in levels_of(user) if level != Level.SPACE]
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            (PRIVATE, _("Only me")),
            *((level, Level(level).label) for level in levels),
            (
                _("A sub-community only"),
                [(IN_SPACE + slug, space.name) for slug, space in self.spaces.items()],
            ),
        ]

    def given(self) -> dict[str, Any]:
        """What the services take."""
        data = self.cleaned_data
        level, space = data["audience"], None
        if level.startswith(IN_SPACE):
            level, space = Level.SPACE, self.spaces[level.removeprefix(IN_SPACE)]
        return {"title": data["title"], "purpose": data["purpose"], "level": level, "space": space}

    def refuse(self, refusal: Refused) -> None:
        """Say the refusal beside its field, or above the form."""
        named = getattr(refusal, "field", "")
        placed = (errors.NotAMember, errors.SpaceClosed, errors.NoOrganisation)
        field = (
            named if named in self.fields else "audience" if isinstance(refusal, placed) else None
        )
        self.add_error(field, str(refusal))


class CollectForm(forms.Form):
    """Into which of her collections a document goes: one that exists, or a new one."""

    collection = forms.ChoiceField(label=gettext_lazy("Collection"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=gettext_lazy("Title of the new collection"), max_length=160, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("A word on this document"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Why it is here, where to begin: shown beside it."),
    )

    def __init__(self, *args: Any, mine: list[Collection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = {str(one.pk): one for one in mine}
        self.fields["collection"].choices = [  # type: ignore[attr-defined]
            *((pk, one.title) for pk, one in self.mine.items()),
            (NEW, _("A new collection")),
        ]
        self.fields["collection"].initial = next(iter(self.mine), NEW)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        wanted = data.get("collection")
        if wanted == NEW and not data.get("title") and "title" not in self.errors:
            self.add_error("title", _("Give the new collection a title."))
        return data | {"chosen": self.mine.get(wanted or "")}
