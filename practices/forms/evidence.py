"""The form of a level of evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import terms
from core.composing import Composed
from core.fetching import NotAnAddress
from practices.errors import OnlyAnimators
from practices.models import Sheet


class EvidenceForm(Composed):
    """The same fields decide, or ask an animator to."""

    READ = ("source", "reason")
    FIELD_OF = {NotAnAddress: "source_url", OnlyAnimators: "level"}

    level = forms.ChoiceField(label=_("Level"), required=False, widget=forms.RadioSelect)
    source = forms.CharField(
        label=_("Source"),
        required=False,
        help_text=_("From level 2 on: what shows it, by whom, when. Another person must find it."),
    )
    source_url = forms.CharField(
        label=_("Link to the source"),
        required=False,
        help_text=_("It is checked every day; the level expires when it is gone for good."),
        widget=forms.URLInput(attrs={"inputmode": "url"}),
    )
    reason = forms.CharField(
        label=_("Why this level"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    review_on = forms.DateField(
        label=_("To be reviewed on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
        help_text=_("In a year when you say nothing. The level expires after that day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = terms.scheme("niveaux_preuve")
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (code, words.get(code, code)) for code in Sheet.EvidenceLevel.values
        ]
