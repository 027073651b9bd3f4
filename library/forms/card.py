"""One of the documents of a deposit: its sheet, its file, and what it may be a version of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import StoredFile
from library import errors
from library.forms.sheet import SheetForm
from library.forms.version import VersionForm

if TYPE_CHECKING:
    from library.duplicates import Twin

# In the choice of a twin: it is another document.
NEW = "nouveau"


class CardForm(SheetForm):
    """`file` is the one that was sent; without one, the document is a link.

    With `twins`, she says which of them this file is a version of, or that it is another document.
    """

    FIELD_OF = SheetForm.FIELD_OF | {errors.ForeignFile: "file"}

    file = forms.UUIDField(required=False, widget=forms.HiddenInput)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)
    looked = forms.CharField(required=False, widget=forms.HiddenInput)
    filename = forms.CharField(
        label=gettext_lazy("Name of the file"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("As it will be downloaded."),
    )
    label = VersionForm.base_fields["label"]
    note = VersionForm.base_fields["note"]
    twin = forms.ChoiceField(
        label=gettext_lazy("Is it the same document?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it is the same document.")},
    )

    def __init__(
        self, *args: Any, stored: StoredFile | None, twins: Sequence[Twin] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.twins = {str(one.document.pk): one for one in twins}
        if stored is None:
            self.fields["link"].required = True
            for name in ("filename", "label", "note"):
                del self.fields[name]
        if self.twins:
            editable = [one for one in twins if one.editable and stored is not None]
            versions = [
                (
                    str(one.document.pk),
                    _("It is a new version of “%(title)s”") % {"title": one.document.title},
                )
                for one in editable
            ]
            self._choices("twin", [*versions, (NEW, _("It is another document"))])
        else:
            # What changed is asked of a new version only.
            for name in {"twin", "note"} & set(self.fields):
                del self.fields[name]

    @property
    def version_of(self) -> Twin | None:
        """The document of which this file is a new version, as she says."""
        wanted = self.data.get(self.add_prefix("twin"), "")
        twin = self.twins.get(wanted)
        return twin if twin is not None and twin.editable and "label" in self.fields else None

    def full_clean(self) -> None:
        """Of a new version, only what a version has is asked."""
        if self.version_of is not None:
            for name, field in self.fields.items():
                field.required = field.required and name in ("label", "note")
        super().full_clean()

    def lines(self) -> list[forms.BoundField]:
        return super().lines() if "filename" in self.fields else [self["link"], *super().lines()]

    def folded(self) -> list[forms.BoundField]:
        return [field for field in super().folded() if field.name != "twin"]
