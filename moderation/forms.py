from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from community.models import SubCommunity
from moderation.models import Report


class ReportForm(forms.ModelForm):
    """Why something needs a look."""

    class Meta:
        model = Report
        fields = ("reason", "details")
        widgets = {"reason": forms.RadioSelect, "details": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "details": _("A few words help the animation team. Name nobody, no school, no date.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without the line of dashes that Django puts first, chosen.
        cast(forms.ChoiceField, self.fields["reason"]).choices = Report.Reason.choices


class DecisionForm(forms.Form):
    """What a moderator decides of a report, among what can be done to what it is about.

    `acts` are the outcomes that are possible, `spaces` where it may be moved.
    """

    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    space = forms.ModelChoiceField(
        label=_("Move to"), queryset=SubCommunity.objects.none(), required=False
    )
    reason = forms.CharField(
        label=_("Reason, for the author and the journal"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    answer = forms.CharField(
        label=_("Answer to the person who reported"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, acts: Collection[str], spaces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Report.Outcome.choices) | {Report.Outcome.MOVED: _("Moved to…")}
        outcome = cast(forms.ChoiceField, self.fields["outcome"])
        outcome.choices = [(act, labels[act]) for act in Report.Outcome if act in acts]
        if Report.Outcome.MOVED in acts:
            cast(forms.ModelChoiceField, self.fields["space"]).queryset = spaces
        else:
            del self.fields["space"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome")
        if outcome == Report.Outcome.MOVED and not cleaned.get("space"):
            self.add_error("space", _("Choose the space to move it to."))
        if outcome == Report.Outcome.HIDDEN and not cleaned.get("reason"):
            self.add_error("reason", _("Say why: the author will read it."))
        return cleaned


class GreetingForm(forms.Form):
    message = forms.CharField(
        label=_("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8})
    )
