"""The forms that take messages to another thread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forums.forms import SpaceField
from forums.services.common import MAX_TITLE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from community.models import SubCommunity
    from forums.models import Thread

LISTED = 30
NEW = "nouveau"
NUMBER = re.compile(r"(?:^|/discussions/)([0-9]{1,18})(?:[-/?#]|$)")


class TargetForm(forms.Form):
    """Another thread, chosen among the recent ones or by its address.

    `threads` are all those that may be chosen. `retained` is the answer to keep, once the person
    was shown the two.
    """

    where = forms.ChoiceField(label=gettext_lazy("To which thread"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Or the address of another thread"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Open that thread, copy the address of its page and paste it here."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    retained = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, threads: QuerySet[Thread], here: SubCommunity, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.threads = threads
        where = self.fields["where"]
        assert isinstance(where, forms.ChoiceField)  # noqa: S101 (for the type checker)
        where.choices = [("", "—"), *self.first_choices(), *_recent(threads, here)]

    def first_choices(self) -> list[tuple[str, str]]:
        return []

    def clean(self) -> dict[str, Any]:
        """Adds `target`: the thread, or None for a new one."""
        given = super().clean() or {}
        if self.errors:
            return given
        field = "address" if given["address"] else "where"
        given["target"] = None
        if given[field] == NEW:
            return given
        found = NUMBER.search(given[field].strip())
        given["target"] = self.threads.filter(pk=found[1]).first() if found else None
        if given["target"] is None:
            self.add_error(field, _("Choose a thread of a space that you animate."))
        return given


class MovePostsForm(TargetForm):
    """And how much goes; a new thread is one of the places."""

    ONE, ONWARD = "un", "suite"

    onward = forms.ChoiceField(
        label=gettext_lazy("What to move"),
        widget=forms.RadioSelect,
        initial=ONE,
        choices=(
            (ONE, gettext_lazy("This message only")),
            (ONWARD, gettext_lazy("This message and all those that follow")),
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Title of the new thread"),
        required=False,
        max_length=MAX_TITLE,
        help_text=gettext_lazy("Left empty, it is made of the first sentence of the message."),
    )

    def __init__(self, *args: Any, spaces: list[SubCommunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"] = SpaceField(
            {space.slug: space for space in spaces}, label=_("Space of the new thread")
        )
        self.fields["space"].required = False
        self.order_fields(("onward", "where", "address", "title", "space", "reason"))

    def first_choices(self) -> list[tuple[str, str]]:
        return [(NEW, _("A new thread"))]


def _recent(threads: QuerySet[Thread], here: SubCommunity) -> list[tuple[str, Any]]:
    """The recent threads, those of the space itself first."""
    near = list(threads.filter(space=here)[:LISTED])
    far = list(threads.exclude(space=here)[:LISTED])
    groups: dict[str, list[tuple[str, str]]] = {}
    for thread in [*near, *far]:
        groups.setdefault(thread.space.name, []).append((str(thread.pk), thread.title))
    return list(groups.items())
