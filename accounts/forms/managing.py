"""What the animators change of an account and of an organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import fields, permissions
from accounts.forms.organisations import form_field
from accounts.forms.sign_in import AddressField
from accounts.models import Organisation, User


class EndField(forms.DateTimeField):
    """The last day of a guest's access."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Access until"),
            required=False,
            widget=forms.DateTimeInput(
                format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "short"}
            ),
            help_text=_("For a guest."),
        )

    def clean(self, value: Any) -> Any:
        until = super().clean(value)
        if until is not None and until <= timezone.now():
            raise ValidationError(_("This date is past."))
        return until


class AccountForm(forms.Form):
    """Identity, organisation and role. Only an administrator makes or unmakes an animator."""

    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=80)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False
    )
    role = forms.ChoiceField(label=_("Role"), choices=User.Role.choices)
    access_until = EndField()
    administrator = forms.BooleanField(
        label=_("Administrator of the site"),
        required=False,
        help_text=_("Manages accounts and settings; reads content only as a member."),
    )

    def __init__(self, data: Any, *, user: User, by: User, organisations: Any, prefix: str) -> None:
        initial = {
            name: getattr(user, name)
            for name in ("first_name", "last_name", "job_title", "organisation", "role")
        }
        initial |= {"access_until": user.access_until, "administrator": user.is_superuser}
        super().__init__(data, initial=initial, prefix=prefix)
        self.user = user
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if not permissions.can_name_animators(by):
            del self.fields["administrator"]
            self.fields["role"].choices = [  # type: ignore[attr-defined]
                (code, label)
                for code, label in User.Role.choices
                if code != User.Role.ANIMATION or user.is_animator
            ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == User.Role.GUEST and not data.get("access_until"):
            self.add_error("access_until", _("A guest’s access needs an end date."))
        return data


class AddressForm(forms.Form):
    email = AddressField(label=_("New e-mail address"))


class CloseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(forms.Form):
    access_until = EndField()


FACTS = (*fields.ORGANISATION, *fields.ORGANISATION_MORE)


class OrganisationForm(forms.ModelForm):
    """All the facts of an organisation, drawn as the référente sees them, and what is the
    federation's: category, contact person, twin."""

    website = forms.URLField(assume_scheme="https", required=False)

    class Meta:
        model = Organisation
        fields = ["category", "contact", "twin", *(f.name for f in FACTS if f.name != "contact")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in FACTS:
            if field.kind != fields.PERSON and field.name in self.fields:
                self.fields[field.name] = form_field(field)
        if "contact" in self.fields:
            people = User.objects.filter(organisation=self.instance.pk or 0, is_active=True)
            self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        if "twin" in self.fields:
            others = Organisation.objects.exclude(pk=self.instance.pk).order_by("name")
            self.fields["twin"].queryset = others  # type: ignore[attr-defined]
