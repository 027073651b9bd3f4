"""The forms of sign-in and passwords: allauth's, with our words and one spelling of addresses."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.fields import PasswordField, SetPasswordField
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.adapter import SHARED_COMPUTER
from accounts.models.user import normalise_address


class AddressField(forms.EmailField):
    """An e-mail address in its one spelling, so that limits and look-ups count it once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail"))
        super().__init__(
            widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return normalise_address(super().to_python(value) or "")


class SharedComputerField(forms.BooleanField):
    def __init__(self) -> None:
        super().__init__(
            label=_("This is a shared computer"),
            help_text=_(
                "The session ends when the browser is closed, at the latest in two hours, and "
                "nothing stays on this computer."
            ),
            required=False,
        )


def password_field(label: Any, autocomplete: str = "current-password") -> PasswordField:
    field = PasswordField(label=label, autocomplete=autocomplete)
    field.widget.attrs.pop("placeholder", None)
    return field


def new_password_field() -> SetPasswordField:
    """A password to choose; its help says what is asked of it, in one sentence."""
    field = SetPasswordField(label=_("New password"), help_text=lazy(_rules, str)())
    field.widget.attrs.pop("placeholder", None)
    return field


def _rules() -> str:
    return gettext(
        "Twelve characters or more; a sentence is easiest to remember. Common passwords, and those "
        "that look like your name or address, are refused."
    )


class LoginForm(allauth.LoginForm):
    """Address, password, and whether others use this computer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField()
        self.fields["password"] = password_field(_("Password"))
        self.fields["shared"] = SharedComputerField()
        self.order_fields(["login", "password", "shared"])

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        request.session[SHARED_COMPUTER] = self.cleaned_data["shared"]
        response = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data["shared"]:
            request.session.set_expiry(0)
        return response


class RequestLoginCodeForm(allauth.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField()
        self.fields["shared"] = SharedComputerField()


class CodeField(forms.CharField):
    """Six digits; spaces and dashes that a mail program adds do not matter."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            max_length=20,
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "one-time-code",
                    "inputmode": "numeric",
                    "autocapitalize": "off",
                    "spellcheck": "false",
                    "autofocus": True,
                }
            ),
        )


class ConfirmLoginCodeForm(allauth.ConfirmLoginCodeForm):
    code = CodeField(_("Code received by e-mail"))


class ResetPasswordForm(allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField()


class _NewPassword(forms.Form):
    """Typed once, in a box whose text can be shown: a second box only doubles the mistakes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = new_password_field()
        field.user = self.user  # type: ignore[attr-defined]
        self.fields["password1"] = field
        del self.fields["password2"]


class ResetPasswordKeyForm(_NewPassword, allauth.ResetPasswordKeyForm):
    pass


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):
    pass


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password_field(_("Current password"))
        self.order_fields(["oldpassword", "password1"])


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"))
