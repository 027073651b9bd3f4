"""Sign-in, codes, passwords, second factors and sessions: allauth's views in our frame.

allauth checks, limits and sends; here its pages meet our templates and our addresses.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy

from accounts.adapter import SHARED_COMPUTER, MFAAdapter
from accounts.backends import DEMO_PASSWORD
from accounts.demo import demo_accounts


class Frame:
    """Leaves `site` to the context processor: allauth's own has no federation and no footer."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.pop("site", None)
        return context


class LoginView(Frame, account.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_accounts": demo_accounts(), "demo_password": DEMO_PASSWORD}
        return context


class RequestLoginCodeView(Frame, account.RequestLoginCodeView):
    def get_form_kwargs(self) -> dict[str, Any]:
        """The button of the sign-in form comes with the address already typed there."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if "login" in self.request.POST:
            data = self.request.POST.copy()
            data["email"] = data["login"]
            kwargs["data"] = data
        return kwargs

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session[SHARED_COMPUTER] = form.cleaned_data["shared"]
        return super().form_valid(form)


class ConfirmLoginCodeView(Frame, account.ConfirmLoginCodeView):
    pass


class LogoutView(Frame, account.LogoutView):
    pass


class AccountInactiveView(Frame, account.AccountInactiveView):
    pass


class ClosedSignupView(Frame, account.SignupView):
    """allauth's mails and pages name a sign-up: this page says how one really comes in."""


class PasswordResetView(Frame, account.PasswordResetView):
    pass


class PasswordResetDoneView(Frame, account.PasswordResetDoneView):
    pass


class PasswordResetFromKeyView(Frame, account.PasswordResetFromKeyView):
    pass


class PasswordResetFromKeyDoneView(Frame, account.PasswordResetFromKeyDoneView):
    pass


class AuthenticateView(Frame, mfa.AuthenticateView):
    pass


class PasskeyLoginView(webauthn.LoginWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the sign-in page, which still knows where the person was going."""
        super().form_invalid(form)
        return HttpResponseRedirect(self.passthrough_next(reverse("account_login")))

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session[SHARED_COMPUTER] = self.request.POST.get("shared") == "on"
        return super().form_valid(form)

    def passthrough_next(self, url: str) -> str:
        from allauth.account.utils import passthrough_next_redirect_url

        passed: str = passthrough_next_redirect_url(self.request, url, "next")
        return passed


class RemovePasskeyView(webauthn.RemoveWebAuthnView):
    success_url = reverse_lazy("accounts:security")

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = MFAAdapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect(self.success_url)
        return super().form_valid(form)


class EditPasskeyView(webauthn.EditWebAuthnView):
    success_url = reverse_lazy("accounts:security")


class OtherSessionsView(usersessions.ListUserSessionsView):
    """Ends the other sessions; the list itself is on the security page."""

    success_url = reverse_lazy("accounts:security")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("accounts:security")


login = LoginView.as_view()
request_login_code = RequestLoginCodeView.as_view()
confirm_login_code = ConfirmLoginCodeView.as_view()
logout = LogoutView.as_view()
inactive = AccountInactiveView.as_view()
signup = ClosedSignupView.as_view()
password_reset = PasswordResetView.as_view()
password_reset_done = PasswordResetDoneView.as_view()
password_reset_from_key = PasswordResetFromKeyView.as_view()
password_reset_from_key_done = PasswordResetFromKeyDoneView.as_view()
password_change = account.password_change
password_set = account.password_set
reauthenticate = account.reauthenticate
authenticate = AuthenticateView.as_view()
reauthenticate_by_code = mfa.reauthenticate
reauthenticate_by_passkey = webauthn.reauthenticate_webauthn
login_by_passkey = PasskeyLoginView.as_view()
activate_totp = totp.activate_totp
deactivate_totp = totp.deactivate_totp
recovery_codes = codes.view_recovery_codes
generate_recovery_codes = codes.generate_recovery_codes
download_recovery_codes = codes.download_recovery_codes
add_passkey = webauthn.add_webauthn
remove_passkey = RemovePasskeyView.as_view()
edit_passkey = EditPasskeyView.as_view()
other_sessions = OtherSessionsView.as_view()
