"""What a person follows, and how she is told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import formats
from notifications import questions
from notifications.models import Attention, Delivery, Digest

if TYPE_CHECKING:
    from community.models import SubCommunity
    from notifications.services import Word

AS_USUAL = ""
ZONES = (
    ("America/Toronto", _("Québec (Montréal)")),
    ("America/Blanc-Sablon", _("Lower North Shore (Blanc-Sablon)")),
    ("America/Halifax", _("Îles-de-la-Madeleine, New Brunswick")),
    ("America/St_Johns", _("Newfoundland")),
    ("America/Winnipeg", _("Manitoba")),
    ("America/Edmonton", _("Alberta")),
    ("America/Vancouver", _("British Columbia")),
    ("Europe/Paris", _("France")),
)
RHYTHM = ("weekday", "hour", "zone", "minutes")


class PreferencesForm(forms.Form):
    """One answer for all, one for each of her spaces, which may be "as for all", and when her
    digests leave."""

    attention = forms.ChoiceField(
        label=_("What I follow"), choices=Attention.choices, widget=forms.RadioSelect
    )
    mail = forms.ChoiceField(
        label=_("How I am told by e-mail"), choices=Delivery.choices, widget=forms.RadioSelect
    )
    minutes = forms.TypedChoiceField(
        label=_("The time that I have for a digest"), choices=Digest.Minutes.choices, coerce=int
    )
    hour = forms.TypedChoiceField(
        label=_("Hour of the digest"),
        choices=[(hour, hour) for hour in range(24)],
        coerce=int,
    )
    weekday = forms.TypedChoiceField(
        label=_("Day of the weekly digest"), choices=Digest.Weekday.choices, coerce=int
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES)
    questions = forms.MultipleChoiceField(
        label=_("What I may be asked"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, spaces: list[SubCommunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = formats.active_language()
        zone = timezone.get_default_timezone()
        hours = (datetime(2000, 1, 1, hour, tzinfo=zone) for hour in range(24))
        clock = [(one.hour, formats.hours(one, language)) for one in hours]
        self.fields["hour"].choices = clock  # type: ignore[attr-defined]
        self.fields["questions"].choices = questions.choices()  # type: ignore[attr-defined]
        self.spaces = spaces
        self.by_space: list[tuple[SubCommunity, Any, Any]] = []
        for space in spaces:
            followed, told = f"space-{space.pk}-attention", f"space-{space.pk}-mail"
            self.fields[followed] = forms.ChoiceField(
                label=_("What I follow"), required=False, choices=_or_usual(Attention)
            )
            self.fields[told] = forms.ChoiceField(
                label=_("How I am told by e-mail"), required=False, choices=_or_usual(Delivery)
            )
            self.by_space.append((space, self[followed], self[told]))

    def everything(self) -> Word:
        return self.cleaned_data["attention"], self.cleaned_data["mail"]

    def chosen(self) -> dict[SubCommunity, Word]:
        given = self.cleaned_data
        return {
            space: (given[f"space-{space.pk}-attention"], given[f"space-{space.pk}-mail"])
            for space in self.spaces
        }

    def rhythm(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RHYTHM}


def _or_usual(words: Any) -> list[Any]:
    return [(AS_USUAL, _("As by default")), *words.choices]


class FollowForm(forms.Form):
    """Her word on one object: what she follows, or how she is told by mail."""

    attention = forms.ChoiceField(
        label=_("What I am told of here"),
        required=False,
        choices=[
            (Attention.FOLLOW, _("Follow")),
            (Attention.MENTIONS, _("Only what mentions me")),
            (Attention.SILENCE, _("Silence")),
        ],
    )
    mail = forms.ChoiceField(
        label=_("How I am told of this thread"),
        required=False,
        choices=[(AS_USUAL, _("As for this space")), *Delivery.choices],
    )


class AnswerForm(forms.Form):
    """What the demo's mailbox answers to one of its mails."""

    text = forms.CharField(
        label=_("Your answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )
