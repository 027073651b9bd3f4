"""What a person fills in to enter a space."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CharterForm(forms.Form):
    """The charter read and accepted; `version` is the one that was on the page."""

    accept = forms.BooleanField(
        label=_("I have read the charter and I agree to follow it"),
        error_messages={"required": _("Tick the box to accept the charter.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class AskForm(CharterForm):
    message = forms.CharField(
        label=_("Why would you like to join?"),
        help_text=_("Two lines are enough. Only the people who animate the space read them."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("message", "accept")
