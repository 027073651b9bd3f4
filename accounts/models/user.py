"""The person: the little that every page and every row needs of her."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _


def normalise_address(address: str) -> str:
    """One spelling for one mailbox: NFKC, trimmed, lower case (as rate limits see it too)."""
    return unicodedata.normalize("NFKC", address).strip().lower()


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalise_address(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person with a usable password, or without one (code by mail) when it is None."""
        user = self.model(email=normalise_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        fields.setdefault("is_superuser", True)
        return self.create_user(email, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What others may read of her is in `Profile`."""

    class Role(models.TextChoices):
        """Place in the community; ids of `roles_plateforme`. *référente* is a fact about her
        organisation and *coanimation* one about a space: neither is a role of the account."""

        MEMBER = "membre", _("Member")
        ANIMATION = "animation", _("Animation (federation)")
        GUEST = "invite", _("Guest, access limited in time")

    email = models.EmailField(_("E-mail"), unique=True)
    first_name = models.CharField(_("First name"), max_length=80)
    last_name = models.CharField(_("Last name"), max_length=80)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        verbose_name=_("Organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    job_title = models.CharField(_("Job title"), max_length=120, blank=True)
    role = models.CharField(_("Role"), max_length=10, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(_("Active account"), default=True)
    access_until = models.DateTimeField(_("Access until"), null=True, blank=True)
    language = models.CharField(_("Language"), max_length=7, default="fr-ca")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The identifier of a stored file of kind `member`; its one door decides who sees it.
    photo = models.UUIDField(null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Too many mails came back from her address: the queue writes to it no more.
    mail_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_unique_email"),
            models.CheckConstraint(
                name="user_guest_is_dated",
                condition=~models.Q(role="invite") | models.Q(access_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.first_name

    @property
    def short_name(self) -> str:
        """ "Maude T.": enough among colleagues, less than a full name on a shared screen."""
        return f"{self.first_name} {self.last_name[:1]}." if self.last_name else self.first_name

    @property
    def slug(self) -> str:
        """What follows the number in the address of her page; may be empty."""
        return slugify(self.full_name)[:80].strip("-")

    def get_absolute_url(self) -> str:
        """Her page in the members' directory, which guests may not open."""
        if self.slug:
            return reverse("accounts:member", args=(self.pk, self.slug))
        return reverse("accounts:member", args=(self.pk,))

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.last_name[:1]).upper()

    @property
    def face_class(self) -> str:
        """One of the four face tints, the same for a person on every page."""
        return "abcd"[(self.pk or 0) % 4]

    @property
    def photo_url(self) -> str:
        return reverse("core:file", args=(self.photo,)) if self.photo else ""

    @property
    def is_animator(self) -> bool:
        return self.role == self.Role.ANIMATION

    @property
    def is_guest(self) -> bool:
        return self.role == self.Role.GUEST

    @property
    def is_staff(self) -> bool:
        """Django's word for "may open the admin"; co-animation is added by the admin site."""
        return self.is_active and (self.is_animator or self.is_superuser)

    @cached_property
    def is_current(self) -> bool:
        """Active, and not past the end of a guest's access."""
        return self.is_active and (self.access_until is None or self.access_until > timezone.now())
