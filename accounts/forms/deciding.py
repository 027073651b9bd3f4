"""The forms of the animators: decide on a request, invite, import."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AddressField
from accounts.models import Invitation, Organisation, User
from accounts.twins import Proposal

MAX_CSV = 500_000


class SeenField(forms.DateTimeField):
    """The `updated_at` that the animator read, to the microsecond."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        try:
            return datetime.fromisoformat(value) if value else None
        except ValueError:
            raise forms.ValidationError(_("Open the request again.")) from None


class ApproveForm(forms.Form):
    """Accept: a new organisation or an existing one, its twin, a word of welcome."""

    prefix = "approve"
    seen = SeenField(required=False)
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Organisation"),
        required=False,
        empty_label=_("Make a new organisation of this request"),
        help_text=_("Or attach the person to an organisation that is already here."),
    )
    twin = forms.ChoiceField(label=_("Twin organisation"), required=False, widget=forms.RadioSelect)
    other_twin = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Or another twin"),
        required=False,
        empty_label=_("None of these"),
        help_text=_("Your choice here goes before the proposals above."),
    )
    welcome = forms.CharField(
        label=_("A word of welcome"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It opens the invitation."),
    )

    def __init__(
        self, *args: Any, organisations: Any, proposals: list[Proposal], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        attach: Any = self.fields["organisation"]
        attach.queryset = organisations
        other: Any = self.fields["other_twin"]
        other.queryset = organisations.members().exclude(contact=None)
        twin: Any = self.fields["twin"]
        self.proposals = {str(one.organisation.pk): one.organisation for one in proposals}
        twin.choices = [
            *((key, _told(one)) for key, one in zip(self.proposals, proposals, strict=True)),
            ("", _("No twin for now")),
        ]
        # One word in common is a chance to look at, not a choice to make for somebody.
        good = bool(proposals) and len(proposals[0].reasons) > 1
        twin.initial = next(iter(self.proposals)) if good else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["twin"] = given.pop("other_twin", None) or self.proposals.get(given.get("twin", ""))
        return given


def _told(proposal: Proposal) -> str:
    reasons = format_html_join(" · ", "{}", ((reason,) for reason in proposal.reasons))
    return format_html("<strong>{}</strong> {}", proposal.organisation.name, reasons)


class MoreForm(forms.Form):
    prefix = "more"
    seen = SeenField(required=False)
    message = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The applicant reads it as it is, by e-mail and on her follow-up page."),
        error_messages={"required": _("Write what you would like to know.")},
    )


class RefuseForm(forms.Form):
    prefix = "refuse"
    seen = SeenField(required=False)
    reason = forms.CharField(
        label=_("The reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The applicant reads it as it is, by e-mail and on her follow-up page."),
        error_messages={"required": _("Give the reason: the applicant will read it.")},
    )


class InviteAnybodyForm(forms.Form):
    """An animator invites a member of an organisation, or a guest with an end and spaces."""

    role = forms.ChoiceField(
        label=_("Invite"),
        choices=(
            (User.Role.MEMBER, _("A member of an organisation")),
            (User.Role.GUEST, _("A guest, until a date")),
        ),
        initial=User.Role.MEMBER,
        widget=forms.RadioSelect,
    )
    email = AddressField(label=_("E-mail"))
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Organisation"),
        required=False,
        help_text=_("Needed for a member."),
    )
    access_until = forms.DateField(
        label=_("Access until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Needed for a guest; the access ends by itself at the end of that day."),
    )
    spaces = forms.ModelMultipleChoiceField(
        queryset=Invitation.objects.none(),
        label=_("Spaces of the guest"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A guest reads what is shared with the whole community, and these spaces."),
    )
    message = forms.CharField(
        label=_("A word of welcome"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, organisations: Any, spaces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = organisations
        offered: Any = self.fields["spaces"]
        offered.queryset = spaces

    def clean_access_until(self) -> datetime | None:
        """The end of the chosen day, by the federation's own clock."""
        day = self.cleaned_data["access_until"]
        if day is None:
            return None
        end = timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
        if end <= timezone.now():
            raise forms.ValidationError(_("Choose a day to come."))
        return end

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        guest = cleaned.get("role") == User.Role.GUEST
        if guest and not cleaned.get("access_until") and "access_until" not in self.errors:
            self.add_error("access_until", _("Choose the day on which the access ends."))
        if not guest:
            cleaned["access_until"], cleaned["spaces"] = None, []
            if not cleaned.get("organisation") and "organisation" not in self.errors:
                self.add_error("organisation", _("Choose the organisation of the member."))
        return cleaned


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose a file first.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_CSV:
            raise forms.ValidationError(
                _("This file is too large for an import: 500 kB at most. Cut it in two.")
            )
        return file
