"""The forms of a request to join and of an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    validate_password,
)
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_altcha import AltchaField, AltchaWidget

from accounts.forms.fields import (
    AddressField,
    CharityNumberField,
    LooseField,
    NeqField,
)
from accounts.models import Invitation, MembershipRequest, User
from core import terms

# A phone of ten years ago finds the number in two or three seconds.
PROOF_EFFORT = 60_000


def _consent_sentence() -> str:
    sentence = _(
        "I agree that %(federation)s keeps this information to process the request (one year at "
        "most)."
    )
    return str(sentence) % {"federation": settings.FEDERATION}


def _federated_question() -> str:
    return str(_("Are you a member of %(federation)s?")) % {"federation": settings.FEDERATION}


class ProofWidget(AltchaWidget):
    """The robot check, in the language of the page, with a challenge asked when it is needed."""

    template_name = "accounts/joining/proof.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        self.options["language"] = "en" if (get_language() or "").startswith("en") else "fr"
        self.options["challengeurl"] = reverse("accounts:request_challenge")
        return super().get_context(name, value, attrs)


class ProofField(AltchaField):
    """Never blocks: an absent or wrong proof is an empty value, and the request "to be checked"."""

    widget = ProofWidget

    def __init__(self) -> None:
        super().__init__(
            required=False, auto="onfocus", hidefooter=True, hidelogo=True, maxnumber=PROOF_EFFORT
        )

    def clean(self, value: Any) -> str:
        if not value:
            return ""
        try:
            return str(super().clean(value))
        except forms.ValidationError:
            return ""


class RequestForm(forms.Form):
    """What an organisation says of itself to join.

    With `draft=True` only the address is asked for, and the rest is kept as it was typed.
    `known` is the request that is completed: its address is proven and cannot change.
    """

    organisation_name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    neq = NeqField(
        label=_("Québec enterprise number (NEQ)"),
        help_text=_("Ten digits; begins with 11 for a legal person."),
    )
    mission = forms.CharField(
        label=_("Your mission, in one sentence"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    against_dropout = forms.CharField(
        label=_("What do you do against school dropout?"),
        max_length=2000,
        help_text=_("Two or three lines: with whom, and how."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    non_profit = forms.BooleanField(label=_("We are a non-profit community organisation"))
    federated = forms.ChoiceField(
        label=lazy(_federated_question, str)(),
        choices=MembershipRequest.Federated.choices,
        widget=forms.RadioSelect,
        help_text=_("Not needed to join; it tells us who you are."),
    )
    region = forms.ChoiceField(label=_("Administrative region"), required=False)
    municipality = forms.CharField(
        label=_("Municipality"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    charity_number = CharityNumberField(
        label=_("Charity registration number"),
        required=False,
        help_text=_("Nine digits, RR and four digits. Leave empty if you are not registered."),
    )
    first_name = forms.CharField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = AddressField(
        label=_("E-mail at work"),
        help_text=_("We will send the follow-up link there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    hopes = forms.CharField(
        label=_("What would you like to find here?"),
        required=False,
        max_length=1000,
        help_text=_("Two lines are enough."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent = forms.BooleanField(label=lazy(_consent_sentence, str)())
    newsletter = forms.BooleanField(
        label=_("I agree to receive the community’s newsletter."), required=False
    )
    reply = forms.CharField(
        label=_("Your answer to the animation team"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    altcha = ProofField()

    #: The optional facts, folded on the page.
    MORE = ("region", "municipality", "charity_number")
    SENTENCES = {
        "organisation_name": _("Write the name of your organisation."),
        "neq": _("Write your NEQ: it is on your letters patent and in the enterprise register."),
        "mission": _("Tell your mission in one sentence."),
        "against_dropout": _("Tell in a few words what you do against school dropout."),
        "non_profit": _(
            "Only non-profit community organisations may join: tick the box if you are one."
        ),
        "federated": _("Choose one of the three answers."),
        "first_name": _("Write your first name."),
        "last_name": _("Write your last name."),
        "email": _("Write your e-mail address: without it we cannot answer you."),
        "consent": _("Without your agreement we cannot keep your request, nor process it."),
        "reply": _("Write your answer before you send it."),
    }

    def __init__(
        self,
        *args: Any,
        draft: bool = False,
        known: MembershipRequest | None = None,
        **kwargs: Any,
    ) -> None:
        if known is not None:
            kwargs["initial"] = {
                name: getattr(known, name)
                for name in self.base_fields
                if name not in ("consent", "altcha", "reply")
            }
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        region.choices = terms.choices("regions", blank=str(_("Choose a region")))
        for name, sentence in self.SENTENCES.items():
            self.fields[name].error_messages["required"] = sentence
        self.on_page(known)
        if draft:
            self.loosen()

    def on_page(self, known: MembershipRequest | None) -> None:
        """Leave out what this step does not ask."""
        if known is None:
            del self.fields["reply"]
            return
        del self.fields["altcha"]
        self.fields["email"].disabled = True
        self.fields["email"].help_text = _("The link came to this address: it stays.")
        if known.consented_at is not None:
            del self.fields["consent"]
        if known.state != MembershipRequest.State.MORE:
            del self.fields["reply"]

    def loosen(self) -> None:
        for name, field in list(self.fields.items()):
            if name == "email":
                continue
            if isinstance(field, forms.CharField):
                self.fields[name] = LooseField(field)
            field.required = False

    @property
    def more_open(self) -> bool:
        """Whether the folded part holds something to see or to mend."""
        return any(self[name].errors or self[name].value() for name in self.MORE)

    @property
    def proven(self) -> bool:
        """Whether the machine did its proof of work."""
        return bool(self.cleaned_data.get("altcha"))

    @property
    def answers(self) -> dict[str, Any]:
        """What the services take."""
        apart = ("consent", "altcha", "reply")
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class AddressForm(forms.Form):
    """Where to send the links again."""

    email = AddressField(
        label=_("E-mail at work"),
        help_text=_("The one that you gave in your request."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AcceptForm(forms.Form):
    """The invited person says who she is; the address is that of the invitation."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    job_title = forms.CharField(
        label=_("Job title"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_(
            "Leave it empty to sign in with a code that we send you by e-mail. Otherwise, twelve "
            "characters or more."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        names = ("first_name", "last_name", "job_title")
        kwargs["initial"] = {name: getattr(invitation, name) for name in names}
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["first_name"].error_messages["required"] = _("Write your first name.")
        self.fields["last_name"].error_messages["required"] = _("Write your last name.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password")
        if password:
            someone = User(
                email=self.invitation.email,
                first_name=cleaned.get("first_name", ""),
                last_name=cleaned.get("last_name", ""),
            )
            try:
                validate_password(password, someone)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class InviteForm(forms.Form):
    """A référente invites a colleague."""

    email = AddressField(
        label=_("E-mail at work"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    message = forms.CharField(
        label=_("A word of welcome"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["required"] = _("Write the address of your colleague.")


class SuccessorForm(forms.Form):
    """Who becomes the référente."""

    successor = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("New contact person"),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, among: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["successor"]
        field.queryset = among
        field.required = required
        field.error_messages["required"] = _("Choose who becomes the contact person.")
