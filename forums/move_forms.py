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
NUMBER = re.compile(r"(?:^|/discussions/)([0-9]{1,18})(?:[-/?#]|$)")


class MovingForm(forms.Form):
    """What every form of moving asks: why, and, from one space to another, to be sure.

    `sure` is the number of the space whose readers were shown to the person: the button that goes
    on carries it, so that another space chosen in the meantime is shown in its turn.
    """

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    sure = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def destination(self, here: SubCommunity) -> SubCommunity:
        raise NotImplementedError

    def require_reason(self) -> None:
        """The reason is asked for, and said to be missing once she is sure."""
        field = self.fields["reason"]
        field.required = True
        if self.cleaned_data["sure"] and not self.cleaned_data["reason"]:
            self.add_error("reason", field.error_messages["required"])


class MoveForm(MovingForm):
    """A whole thread, to another space; none is proposed."""

    def __init__(self, *args: Any, spaces: list[SubCommunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"] = SpaceField(
            {space.slug: space for space in spaces}, blank=_("Choose a space"), label=_("Move to")
        )
        self.order_fields(("space", "reason"))

    def destination(self, here: SubCommunity) -> SubCommunity:
        space: SubCommunity = self.cleaned_data["space"]
        return space


class TargetForm(MovingForm):
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
    retained = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, threads: QuerySet[Thread], here: SubCommunity, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.threads = threads
        where = self.fields["where"]
        assert isinstance(where, forms.ChoiceField)  # noqa: S101 (for the type checker)
        where.choices = [("", "—"), *_recent(threads, here)]

    def clean(self) -> dict[str, Any]:
        """Adds `target`: the thread, or None for a new one."""
        given = super().clean() or {}
        given["target"] = None
        if not self.errors and not self.is_new(given):
            given["target"] = self.found(given)
        return given

    def is_new(self, given: dict[str, Any]) -> bool:
        return False

    def found(self, given: dict[str, Any]) -> Thread | None:
        field = "address" if given["address"] else "where"
        number = NUMBER.search(given[field].strip())
        thread = self.threads.filter(pk=number[1]).first() if number else None
        if thread is None:
            self.add_error(field, _("Choose a thread of a space that you animate."))
        return thread

    def destination(self, here: SubCommunity) -> SubCommunity:
        target: Thread = self.cleaned_data["target"]
        return target.space


class MovePostsForm(TargetForm):
    """And how much goes; a new thread is one of the places."""

    ONE, ONWARD = "un", "suite"
    NEW, OTHER = "nouveau", "autre"

    onward = forms.ChoiceField(
        label=gettext_lazy("What to move"),
        widget=forms.RadioSelect,
        initial=ONE,
        choices=(
            (ONE, gettext_lazy("This message only")),
            (ONWARD, gettext_lazy("This message and all those that follow")),
        ),
    )
    # Left aside, it is read from what was filled below.
    place = forms.ChoiceField(
        label=gettext_lazy("To where"),
        widget=forms.RadioSelect,
        required=False,
        choices=((NEW, gettext_lazy("A new thread")), (OTHER, gettext_lazy("Another thread"))),
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
            {space.slug: space for space in spaces},
            blank=_("The same space"),
            label=_("Space of the new thread"),
            required=False,
        )
        self.order_fields(("onward", "place", "title", "space", "where", "address", "reason"))

    def is_new(self, given: dict[str, Any]) -> bool:
        return given["place"] == self.NEW or bool(not given["place"] and given["title"])

    def found(self, given: dict[str, Any]) -> Thread | None:
        if given["place"] or given["address"] or given["where"]:
            return super().found(given)
        self.add_error("place", _("Choose “A new thread”, or another thread and which one."))
        return None

    def destination(self, here: SubCommunity) -> SubCommunity:
        if self.cleaned_data["target"] is None:
            return self.cleaned_data["space"] or here
        return super().destination(here)


def _recent(threads: QuerySet[Thread], here: SubCommunity) -> list[tuple[str, Any]]:
    """The recent threads, those of the space itself first."""
    near = list(threads.filter(space=here)[:LISTED])
    far = list(threads.exclude(space=here)[:LISTED])
    groups: dict[str, list[tuple[str, str]]] = {}
    for thread in [*near, *far]:
        groups.setdefault(thread.space.name, []).append((str(thread.pk), thread.title))
    return list(groups.items())
