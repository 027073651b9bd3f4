"""The forms of second factors: allauth's, with our words."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.sign_in import CodeField


class AuthenticateForm(base.AuthenticateForm):
    code = CodeField(_("Code of the application, or recovery code"))


class ReauthenticateForm(base.ReauthenticateForm):
    code = CodeField(_("Code of the application, or recovery code"))


class ActivateTOTPForm(totp.ActivateTOTPForm):
    code = CodeField(_("Code shown by the application"))


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """`passwordless` is offered ticked: a passkey that opens the account by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name of the passkey"),
            max_length=60,
            required=False,
            help_text=_("To recognise it later: “Phone”, “Office computer”."),
        )
        self.fields["passwordless"] = forms.BooleanField(
            label=_("Sign in with this passkey alone"),
            help_text=_("The device asks for your fingerprint, your face or its PIN."),
            required=False,
            initial=True,
        )
        self.order_fields(["name", "passwordless", "credential"])


class EditPasskeyForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(label=_("Name of the passkey"), max_length=60)
