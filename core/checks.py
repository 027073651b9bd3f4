"""System checks: the contract of the registered kinds, and settings that would serve badly."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from core import content
from core.content import Kind

AUDIENCE_COLUMNS = ("level", "space", "organisation", "owner", "state")


@register()
def kinds_obey(**kwargs: Any) -> list[CheckMessage]:
    """Every registered kind can be listed, filtered by audience and drawn."""
    return [problem for kind in content.kinds() for problem in _problems_of(kind)]


def _problems_of(kind: Kind) -> Iterator[CheckMessage]:
    name = f"The kind “{kind.name}”"
    rows = kind.objects.all()
    for method in ("readable_by", "moderated_by"):
        if not callable(getattr(rows, method, None)):
            yield Error(f"{name} has no {method}(): nothing says who may see it.", id="core.E001")
    prefix = getattr(rows, "audience_prefix", "")
    model: Any = kind.model
    try:
        for step in prefix.split("__")[:-1]:
            model = model._meta.get_field(step).related_model
        for column in AUDIENCE_COLUMNS:
            model._meta.get_field(column)
    except FieldDoesNotExist as missing:
        yield Error(f"{name} does not reach its audience: {missing}.", id="core.E002")
    try:
        get_template(kind.row_template)
    except (TemplateDoesNotExist, TemplateSyntaxError) as problem:
        yield Error(f"{name} has no usable row template: {problem}.", id="core.E003")
    if kind.indexed is not None and not kind.indexed.events:
        yield Error(f"{name} is indexed once and never again: no events.", id="core.E004")
    if (kind.hide is None) != (kind.restore is None):
        yield Error(f"{name} can be hidden or restored, not both.", id="core.E005")
    if (kind.lock is None) != (kind.unlock is None):
        yield Error(f"{name} can be locked or unlocked, not both.", id="core.E006")
    if (kind.move is None) != (kind.destinations is None):
        yield Error(f"{name} moves without saying where to, or the reverse.", id="core.E007")


@register(Tags.security, deploy=True)
def settings_serve(**kwargs: Any) -> list[CheckMessage]:
    """What works on a desk and fails the members of a real community, silently."""
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND == "core.mail.folder.EmailBackend":
        found.append(
            Warning(
                "Mail goes to a folder: nobody receives it.",
                hint="Set MAIL_URL, then run manage.py send_test_mail ADDRESS.",
                id="core.W001",
            )
        )
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        found.append(
            Warning(
                "Mails say that they come from localhost: most servers refuse them.",
                hint="Set ANCRAGE_MAIL_FROM to an address whose domain has SPF and DKIM.",
                id="core.W002",
            )
        )
    if settings.PRIVACY_CONTACT.endswith(".example"):
        found.append(
            Warning(
                "The person answerable for personal information cannot be reached (Law 25).",
                hint="Set ANCRAGE_PRIVACY_OFFICER and ANCRAGE_PRIVACY_CONTACT.",
                id="core.W003",
            )
        )
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and not settings.TRUSTED_PROXIES:
        found.append(
            Warning(
                "Behind a proxy, everybody shares its address, and its rate limits.",
                hint="Set ANCRAGE_TRUSTED_PROXIES to the number of proxies in front (usually 1).",
                id="core.W004",
            )
        )
    return found
