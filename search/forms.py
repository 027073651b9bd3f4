"""What may be asked, field by field: the plain words beside the operators of the box."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from community.models import SubCommunity
from core import content, terms

LONGEST = 200
NAME_LENGTH = 120


class Day(forms.DateInput):
    """A date that the browser helps to choose, in the one form that it understands."""

    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value


def indexed() -> list[content.Kind]:
    """The kinds that are searched."""
    return [kind for kind in content.kinds() if kind.indexed is not None]


def types() -> list[tuple[Any, Any]]:
    """The types of each kind that has some, below the name of the kind."""
    return [
        (capfirst(str(kind.plural)), terms.choices(kind.indexed.scheme))
        for kind in indexed()
        if kind.indexed and kind.indexed.scheme and terms.scheme(kind.indexed.scheme)
    ]


class SearchForm(forms.Form):
    """The fields of the address, in French since people share it. All are optional, and what
    makes no sense asks nothing."""

    q = forms.CharField(label=_("Search"), required=False)
    phrase = forms.CharField(
        label=_("This exact phrase"),
        required=False,
        help_text=_('In the box: "return to class"'),
    )
    sans = forms.CharField(
        label=_("Without these words"), required=False, help_text=_("In the box: -suspension")
    )
    auteur = forms.CharField(
        label=_("Written or deposited by"),
        required=False,
        help_text=_("In the box: auteur:Maude"),
    )
    communaute = forms.ChoiceField(
        label=_("Sub-community"), required=False, help_text=_("In the box: communaute:intervention")
    )
    type = forms.ChoiceField(label=_("Type"), required=False, help_text=_("In the box: type:guide"))
    apres = forms.DateField(
        label=_("From this day on"),
        required=False,
        widget=Day,
        help_text=_("In the box: apres:2026-01"),
    )
    avant = forms.DateField(
        label=_("Before this day"),
        required=False,
        widget=Day,
        help_text=_("In the box: avant:2026-09"),
    )
    genre = forms.MultipleChoiceField(
        label=_("What to search"), required=False, widget=forms.CheckboxSelectMultiple
    )
    annee = forms.IntegerField(required=False, min_value=1000, max_value=9999)
    tri = forms.ChoiceField(
        required=False, choices=[("", _("By relevance")), ("date", _("Newest first"))]
    )

    def __init__(self, *args: Any, spaces: list[SubCommunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {space.slug: space for space in spaces}
        everywhere = [(space.slug, space.name) for space in spaces]
        self._offer("communaute", [("", _("Everywhere that I read")), *everywhere])
        self._offer("type", [("", _("All types")), *types()])
        self._offer("genre", [(kind.name, capfirst(str(kind.plural))) for kind in indexed()])
        for name in ("q", "phrase", "sans", "auteur"):
            self.fields[name].widget.attrs |= {"maxlength": LONGEST, "autocomplete": "off"}

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = choices

    @property
    def panel(self) -> list[Any]:
        """The fields of the filter panel, in their order."""
        names = ["phrase", "sans", "auteur", "communaute", "type", "apres", "avant"]
        if not types():
            names.remove("type")
        return [self[name] for name in names]

    def chosen(self) -> dict[str, Any]:
        """What is asked and makes sense."""
        self.is_valid()
        texts = {name: str(value)[:LONGEST] for name, value in self.cleaned_data.items()}
        keep = ("apres", "avant", "genre", "annee")
        return {name: value if name in keep else texts[name]
                for name, value in self.cleaned_data.items() if value}  # fmt: skip


class SaveForm(forms.Form):
    """The name of a saved search, and whether it comes by mail."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    by_mail = forms.BooleanField(
        label=_("Tell me by e-mail, once a week, what is new"), required=False
    )
