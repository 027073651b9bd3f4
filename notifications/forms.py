"""What a person wants by mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.models import SubCommunity
from notifications.models import MailPreference

AS_USUAL = ""


class PreferencesForm(forms.Form):
    """One answer for all, and one for each of her spaces, which may be "as for all"."""

    default = forms.ChoiceField(
        label=_("By default"), choices=MailPreference.Mode.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, spaces: list[SubCommunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {f"space-{space.pk}": space for space in spaces}
        for name, space in self.spaces.items():
            self.fields[name] = forms.ChoiceField(
                label=space.name,
                required=False,
                choices=[(AS_USUAL, _("As by default")), *MailPreference.Mode.choices],
                widget=forms.RadioSelect,
            )

    @property
    def of_spaces(self) -> list[Any]:
        return [self[name] for name in self.spaces]

    def chosen(self) -> dict[SubCommunity, str | None]:
        return {space: self.cleaned_data[name] or None for name, space in self.spaces.items()}


class AnswerForm(forms.Form):
    """What the demo's mailbox answers to one of its mails."""

    text = forms.CharField(
        label=_("Your answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )
