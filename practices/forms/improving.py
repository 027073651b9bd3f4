"""The forms of an improvement: proposing it, settling it, answering it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.composing import Composed
from practices.errors import ReasonNeeded
from practices.forms.section import DemandingForm


class ProposalForm(DemandingForm):
    """Another text for a section, and why."""

    READ = ("why",)

    why = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw, tried or read: the people who bear the sheet decide with it."),
    )


class SettlingForm(DemandingForm):
    """What the section says in the end, and a word to who proposed."""

    READ = ("reply",)

    reply = forms.CharField(
        label=_("Answer to its author"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReplyForm(Composed):
    """A word to who proposed an improvement."""

    READ = ("reply",)
    FIELD_OF = {ReasonNeeded: "reply"}

    reply = forms.CharField(
        label=_("Your answer to its author"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "She reads it, with who answered. It is needed when you do not take her text up."
        ),
    )
