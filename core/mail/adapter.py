"""allauth's mails through the door: a mixin for the account adapter."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.mail.messages import Message, message
from core.mail.outbox import queue
from core.mail.transport import MailServerAway, send_now
from core.models import OutgoingMail
from core.ratelimit import client_address

# What changed in an account: the title and the sentence of a mail which is sent to its owner.
NOTICES: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "account/email/email_changed": (
        _("Your e-mail address has changed"),
        _("The e-mail address of your account is no longer %(from_email)s but %(to_email)s."),
    ),
    "account/email/email_confirm": (
        _("Your e-mail address is confirmed"),
        _("The e-mail address of your account has been confirmed."),
    ),
    "account/email/email_deleted": (
        _("An e-mail address was removed from your account"),
        _("The address %(deleted_email)s was removed from your account."),
    ),
    "account/email/password_changed": (
        _("Your password has changed"),
        _("The password of your account has been changed."),
    ),
    "account/email/password_reset": (
        _("Your password has changed"),
        _("The password of your account has been replaced by a new one."),
    ),
    "account/email/password_set": (
        _("Your account has a password"),
        _("A password has been added to your account."),
    ),
    "mfa/email/recovery_codes_generated": (
        _("You have new recovery codes"),
        _("New recovery codes were made for your account. The old ones no longer work."),
    ),
    "mfa/email/totp_activated": (
        _("Your second factor is on"),
        _("An authentication application was added to your account."),
    ),
    "mfa/email/totp_deactivated": (
        _("Your second factor is off"),
        _("The authentication application was removed from your account."),
    ),
    "mfa/email/webauthn_added": (
        _("A passkey was added to your account"),
        _("A new passkey can now open your account."),
    ),
    "mfa/email/webauthn_removed": (
        _("A passkey was removed from your account"),
        _("One of the passkeys of your account was removed."),
    ),
}
NOTICE = "account_notice"
# Everything else that a notice says, and nothing that its templates do not show.
FACTS = ("from_email", "to_email", "deleted_email", "ip", "user_agent")


@message(NOTICE)
def account_notice(mail: OutgoingMail) -> Message:
    """A change in the account, told to its owner, who may not be its author."""
    title, sentence = NOTICES[mail.data["notice"]]
    facts = mail.data["facts"]
    context = {"title": title, "sentence": str(sentence) % facts, "at": mail.created_at, **facts}
    return Message(
        context=context, why=_("You receive this e-mail because it is about your account.")
    )


class MailDoorAdapterMixin:
    """Renders allauth's mails with our templates and sends them through `core.mail`.

    Codes and links leave at once and are kept nowhere. When the mail server is away the person
    reads it on the page. Notices go through the queue, which tries again.
    """

    request: HttpRequest

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix in NOTICES:
            facts = {name: str(context[name]) for name in FACTS if name in context}
            data = {"notice": template_prefix, "facts": facts, "language": _language(context)}
            queue(NOTICE, to=email, data=data)
            return
        name = template_prefix.replace("/email/", "_")
        try:
            send_now(name, email, context, language=_language(context))
        except MailServerAway as away:
            messages.error(self.request, str(away))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)


def _language(context: Mapping[str, Any]) -> str:
    """The account's language when the mail has one, otherwise that of the page."""
    own = getattr(context.get("user"), "language", "")
    return own or translation.get_language() or "fr-ca"
