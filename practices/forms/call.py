"""The text of a funding call, or what it asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import terms
from practices.finding.matching import LONGEST_TEXT, RECOGNISED

CRITERIA = {
    "determinant": _("Determinant"),
    "ordre": _("School level"),
    "public": _("Audience"),
    "region": _("Region"),
}


class CallForm(forms.Form):
    """A text, criteria, or both; nothing of it is kept."""

    text = forms.CharField(
        label=_("Text of the call"),
        help_text=_("Paste it whole: its words are compared with the sheets, and not kept."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=LONGEST_TEXT,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = pgettext_lazy("words of a filter", "All")
        for name, label in CRITERIA.items():
            choices = terms.choices_by_heading(RECOGNISED[name], blank=blank)
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors and not any(found.values()):
            raise forms.ValidationError(_("Paste a text or choose what the call asks for."))
        return found

    @property
    def criteria(self) -> dict[str, list[str]]:
        """What was chosen by hand, filter → codes."""
        given = self.cleaned_data
        return {name: [given[name]] for name in CRITERIA if given.get(name)}

    @property
    def choosing(self) -> list[Any]:
        return [self[name] for name in CRITERIA]
