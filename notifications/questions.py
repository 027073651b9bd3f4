"""Questions that the house asks by itself: “have you tried it?”. Each can be stopped, once for all,
from its mail or from one's choices.

A room registers its own:

    questions.register("trial_question", _("Whether I tried the sheets that I kept"))

What a person does not want to be asked is a `Subscription` of that name, on nothing (0), silent:
`notifications.links.stop_url(user, name, 0)` stops it as it stops the mails of a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from notifications.models import Attention, Subscription

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.utils.functional import Promise

    from accounts.models import User

_labels: dict[str, str | Promise] = {}


def register(name: str, label: str | Promise) -> None:
    """Let people choose whether they are asked this."""
    _labels[name] = label


def choices() -> list[tuple[str, str | Promise]]:
    return list(_labels.items())


def label(name: str) -> str:
    """The words of that question; nothing for what is no question."""
    return str(_labels.get(name, ""))


def is_silenced(name: str, user: User) -> bool:
    """Whether she asked not to be asked this."""
    return name in silenced(user)


def silenced(user: User) -> set[str]:
    """The questions that she does not want to be asked. One query."""
    rows = Subscription.objects.filter(user_id=user.pk, kind__in=_labels, object_id=0)
    return set(rows.filter(attention=Attention.SILENCE).values_list("kind", flat=True))


@transaction.atomic
def set_wanted(wanted: Collection[str], *, by: User) -> None:
    """`by` is asked these questions, and not the others."""
    for name in _labels:
        said = Attention.FOLLOW if name in wanted else Attention.SILENCE
        rows = Subscription.objects.filter(user=by, kind=name, object_id=0)
        if not rows.update(attention=said, by_hand=True) and said == Attention.SILENCE:
            Subscription.objects.create(
                user=by, kind=name, object_id=0, attention=said, by_hand=True
            )
