"""The names and the address of this installation, for pages and mails alike."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Site:
    """What a template may say of the site (`site` in every context)."""

    name: str
    federation: str
    federation_name: str
    supporter: str
    privacy_officer: str
    privacy_contact: str
    demo: bool
    base_url: str
    takes_mail: bool


def site() -> Site:
    return Site(
        name=settings.SITE_NAME,
        federation=settings.FEDERATION,
        federation_name=settings.FEDERATION_NAME,
        supporter=settings.SUPPORTER,
        privacy_officer=settings.PRIVACY_OFFICER,
        privacy_contact=settings.PRIVACY_CONTACT,
        demo=settings.DEMO,
        base_url=settings.BASE_URL,
        takes_mail=bool(settings.MAIL_DOMAIN),
    )


def absolute(path: str) -> str:
    """The full address of a path of ours, for mails: `https://…/discussions/12/`."""
    return settings.BASE_URL + path
