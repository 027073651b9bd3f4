"""Accounts and profiles: how a person comes to exist here, changes, and leaves.

Who may bring somebody in is decided by the services of joining; here are the rules that hold
whoever asks. `by=None` is the house itself (a command, the clock).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import indexed, permissions
from accounts.models import Consent, Organisation, Profile, Skill, User
from accounts.models.user import normalise_address
from accounts.services.bounces import forget_bounces
from core import files, log, mail
from core.audience import Level
from core.errors import Invalid, NotAllowed
from core.events import emit, run_hooks
from core.models import StoredFile
from core.text import fold


class AddressTaken(Invalid):
    message = _("There is already an account with this e-mail address.")


class GuestWithoutEnd(Invalid):
    message = _("A guest’s access needs an end date.")


class StillContact(Invalid):
    message = _("This person is the contact person of her organisation. Name another one first.")


# Grows by one when the wording changes: what was agreed to is what was read.
CONSENT_VERSIONS = {Consent.Purpose.NEWSLETTER: 1}
PERSONAL = ("first_name", "last_name", "job_title", "language")
SHARED = ("pronoun", "function", "region", "bio", "phone", "visibility")


@transaction.atomic
def create_account(
    *,
    email: str,
    first_name: str,
    last_name: str,
    organisation: Organisation | None,
    role: str = User.Role.MEMBER,
    job_title: str = "",
    access_until: datetime | None = None,
    language: str = "fr-ca",
    spaces: Iterable[Any] = (),
    by: User | None,
) -> User:
    """A person with her profile and no password yet (code by mail, or one she chooses).

    `spaces` are those that her invitation opens, if whoever made it may. Runs the hooks of
    `account.created`. Raises `AddressTaken`, `GuestWithoutEnd`, and
    `NotAllowed` when somebody who is not an administrator makes an animator.
    """
    address = normalise_address(email)
    if User.objects.filter(email=address).exists():
        raise AddressTaken
    if role == User.Role.GUEST and access_until is None:
        raise GuestWithoutEnd
    if role == User.Role.ANIMATION and not permissions.can_name_animators(by):
        raise NotAllowed
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                address,
                first_name=first_name.strip(),
                last_name=last_name.strip(),
                organisation=organisation,
                job_title=job_title.strip(),
                role=role,
                access_until=access_until if role == User.Role.GUEST else None,
                language=language,
            )
    except IntegrityError:
        # Two invitations of the same address, accepted at once.
        raise AddressTaken from None
    indexed.profile_changed(make_profile(user))
    log.record("account.created", user, by=by, role=role)
    run_hooks("account.created", user=user, spaces=list(spaces), by=by)
    return user


def make_profile(user: User, **values: Any) -> Profile:
    """The profile of a new account; `values` are its own columns."""
    return Profile.objects.create(
        owner=user,
        organisation=user.organisation,
        level=Level.MEMBERS,
        **values,
    )


@transaction.atomic
def update_profile(user: User, *, by: User | None, **values: Any) -> Profile:
    """Change what a person says of herself. `values` are names of `PERSONAL` and `SHARED`, and
    `photo`, `helps`, `seeks` (lists of words). Raises `NotAllowed`, and TypeError for any other
    name: a role or an address does not change here.
    """
    if not permissions.can_edit_profile(by, user):
        raise NotAllowed
    profile = Profile.objects.select_for_update().get(owner=user)
    fields = sorted(values)
    former = (user.full_name, dict(profile.visibility))
    for name, direction in (("helps", Skill.Direction.HELPS), ("seeks", Skill.Direction.SEEKS)):
        if name in values:
            set_skills(profile, direction, values.pop(name))
    for name, value in values.items():
        if name in PERSONAL or name == "photo":
            setattr(user, name, value)
        elif name in SHARED:
            setattr(profile, name, value)
        else:
            raise TypeError(f"{name} is not a part of the profile")
    user.save(update_fields=[*PERSONAL, "photo"])
    profile.owner = user
    profile.save()
    log.record("profile.updated", user, by=by, fields=fields)
    indexed.profile_changed(profile, narrowed=profile.visibility != former[1])
    if user.full_name != former[0]:
        emit("account.renamed", user=user.pk)
    return profile


@transaction.atomic
def save_profile(
    user: User,
    *,
    by: User,
    upload: Any = None,
    remove_photo: bool = False,
    newsletter: bool | None = None,
    **values: Any,
) -> Profile:
    """The whole profile page at once: `update_profile`, the photo through its one door, the
    consent. Raises what they raise; all is saved or nothing."""
    former = user.photo
    if upload is not None:
        profile = Profile.objects.get(owner=user)
        photo = files.accept_photo(upload, by=by, kind="member", object_id=profile.pk)
        values["photo"] = photo.pk
    elif remove_photo:
        values["photo"] = None
    saved = update_profile(user, by=by, **values)
    if former and former != user.photo:
        files.remove(StoredFile.objects.filter(pk=former, kind="member"))
    if newsletter is not None:
        set_consent(user, Consent.Purpose.NEWSLETTER, newsletter, by=by)
    return saved


def set_skills(profile: Profile, direction: str, words: list[str]) -> None:
    """Replace the keywords of one direction; the same word written twice counts once."""
    wanted: dict[str, str] = {}
    for word in words:
        clean = " ".join(word.split())[:60]
        if clean:
            wanted.setdefault(fold(clean)[:60], clean)
    kept = profile.skills.filter(direction=direction)
    kept.exclude(folded__in=wanted).delete()
    present = {skill.folded: skill for skill in kept}
    for folded, word in wanted.items():
        skill = present.get(folded)
        if skill is None:
            profile.skills.create(direction=direction, word=word, folded=folded)
        elif skill.word != word:
            skill.word = word
            skill.save(update_fields=["word"])


def _announce(user: User, *, narrowed: bool = False) -> None:
    for profile in Profile.objects.of(user):
        indexed.profile_changed(profile, narrowed=narrowed)


@transaction.atomic
def set_organisation(user: User, organisation: Organisation | None, *, by: User | None) -> None:
    """Move a person to another organisation. Raises `NotAllowed`, `StillContact`."""
    if not permissions.can_manage_account(by, user):
        raise NotAllowed
    if Organisation.objects.filter(contact=user).exists():
        raise StillContact
    former = user.organisation_id
    user.organisation = organisation
    user.save(update_fields=["organisation"])
    Profile.objects.filter(owner=user).update(organisation=organisation)
    _announce(user)
    log.record(
        "account.organisation",
        user,
        by=by,
        former=former,
        organisation=organisation.pk if organisation else None,
    )


@transaction.atomic
def deactivate(user: User, *, by: User | None, reason: str = "") -> None:
    """End an account: its sessions and, by the hooks of `account.ended`, its memberships.

    What she wrote stays, under her name. An organisation whose contact person she was waits for
    another: an account must be closed at once when it is not in good hands. Raises `NotAllowed`.
    """
    if not permissions.can_end_account(by, user):
        raise NotAllowed
    if user.is_superuser:
        _take_turns(by)
    for organisation in Organisation.objects.filter(contact=user):
        organisation.contact = None
        organisation.save()
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    log.record("account.ended", user, by=by, reason=reason)
    _announce(user, narrowed=True)
    run_hooks("account.ended", user=user)


@transaction.atomic
def reactivate(user: User, *, by: User | None, access_until: datetime | None = None) -> None:
    """Open an ended account again; she enters the common space anew (`account.created`).

    Raises `NotAllowed`, and `GuestWithoutEnd` for a guest without a new date.
    """
    if not permissions.can_manage_account(by, user):
        raise NotAllowed
    if user.is_guest and access_until is None:
        raise GuestWithoutEnd
    user.is_active = True
    if user.is_guest:
        user.access_until = access_until
    user.save(update_fields=["is_active", "access_until"])
    log.record("account.reopened", user, by=by)
    _announce(user)
    run_hooks("account.created", user=user)


@transaction.atomic
def set_consent(user: User, purpose: str, given: bool, *, by: User) -> None:
    """Give or withdraw a consent: it is hers alone, one row for each time she gave it, in the
    version of the words that she read. Raises `NotAllowed`."""
    if by.pk != user.pk:
        raise NotAllowed
    current = user.consents.filter(purpose=purpose, withdrawn_at=None)
    version = CONSENT_VERSIONS[Consent.Purpose(purpose)]
    if given == current.filter(version=version).exists():
        return
    current.update(withdrawn_at=timezone.now())
    if given:
        user.consents.create(purpose=purpose, version=version, given_at=timezone.now())
    log.record("consent.given" if given else "consent.withdrawn", user, by=by, purpose=purpose)


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """Sign a person out everywhere, but from the session whose key is `keep`."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=keep or ""):
        session.end()
        ended += 1
    return ended


@transaction.atomic
def change_address(user: User, email: str, *, by: User | None) -> None:
    """Give an account another e-mail address; both addresses are told. An address is the key of
    an account, so its other sessions end. Raises `NotAllowed`, `AddressTaken`.
    """
    if not permissions.can_manage_account(by, user):
        raise NotAllowed
    address = normalise_address(email)
    former = user.email
    if address == former:
        return
    if User.objects.filter(email=address).exclude(pk=user.pk).exists():
        raise AddressTaken
    user.email = address
    user.save(update_fields=["email"])
    forget_bounces(user)
    EmailAddress.objects.filter(user=user).delete()
    end_sessions(user)
    record = log.record("account.address", user, by=by)
    for told in (former, address):
        mail.queue("address_changed", to=told, about=user, dedupe=f"address:{record.pk}:{told}")


@transaction.atomic
def set_role(
    user: User, role: str, *, by: User | None, access_until: datetime | None = None
) -> None:
    """Make a person a member, a guest or an animator. Raises `NotAllowed`, `GuestWithoutEnd`."""
    to_or_from_animation = User.Role.ANIMATION in (role, user.role)
    if to_or_from_animation and not permissions.can_name_animators(by):
        raise NotAllowed
    if not permissions.can_manage_account(by, user):
        raise NotAllowed
    if role == User.Role.GUEST and access_until is None:
        raise GuestWithoutEnd
    former = user.role
    user.role = role
    user.access_until = access_until if role == User.Role.GUEST else None
    user.save(update_fields=["role", "access_until"])
    log.record("account.role", user, by=by, former=former, role=role)
    _announce(user)
    run_hooks("account.role", user=user)
    if former == User.Role.GUEST and role != former:
        run_hooks("account.created", user=user)


@transaction.atomic
def set_administrator(user: User, value: bool, *, by: User | None) -> None:
    """Make somebody an administrator of the site, or no longer. Raises `NotAllowed`; nobody does
    it to herself, so that one always remains."""
    if not permissions.can_name_animators(by) or (by is not None and by.pk == user.pk):
        raise NotAllowed
    _take_turns(by)
    user.is_superuser = value
    user.save(update_fields=["is_superuser"])
    log.record("account.administrator", user, by=by, administrator=value)


def _take_turns(by: User | None) -> None:
    """Two administrators who unmake each other at once take turns, so that one remains: the
    second finds that she is one no more. Raises `NotAllowed`."""
    administrators = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    held = set(administrators.select_for_update(no_key=True).values_list("pk", flat=True))
    if by is not None and by.pk not in held:
        raise NotAllowed


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None) -> int:
    """Remove the second factors of a person who lost them, sign her out, and tell her by mail.

    Answers how many there were. Raises `NotAllowed`; see `permissions.can_reset_second_factor`.
    """
    if not permissions.can_reset_second_factor(by, user):
        raise NotAllowed
    removed = Authenticator.objects.filter(user=user)
    count = removed.count()
    removed.delete()
    end_sessions(user)
    record = log.record("account.second_factor_reset", user, by=by, removed=count)
    mail.queue("second_factor_reset", to=user, about=user, dedupe=f"2fa:{record.pk}")
    return count
