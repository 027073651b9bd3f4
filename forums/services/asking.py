"""Asking a few people to look at a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from core import log
from core.audience import State
from core.mail import queue
from forums import asking
from forums.errors import EnoughAsked, GuestsReply, NotAsked
from forums.models import Ask, Thread
from forums.services.common import locked, named, require, require_open

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def ask(thread: Thread, person: User, *, by: User) -> Ask:
    """Ask a member of the space to look at a thread, by mail: its animators whomever they want,
    who opened it those whose words meet it. Three people a thread, twice a month a person.

    Raises `Missing`, `NotAllowed`, `GuestsReply`, `ThreadClosed`, `SpaceClosed`, `EnoughAsked`,
    `NotAsked` when the person is not, or is no longer, a candidate.
    """
    thread, rights = locked(thread, by)
    require(rights.moderates or (rights.owns and rights.write))
    if by.is_guest:
        raise GuestsReply
    require_open(thread)
    require(thread.state == State.PUBLISHED)
    if asking.asked_about(thread).count() >= asking.ASKS_A_THREAD:
        raise EnoughAsked
    if not _may_be_chosen(thread, person, by, any_of_the_space=rights.moderates):
        raise NotAsked
    # A confidential space puts no name of a member in a mail.
    unsigned = not thread.space.content_in_mail
    asked = Ask.objects.create(
        kind="thread",
        object_id=thread.pk,
        person=person,
        by=None if unsigned else named(thread, by),
    )
    log.record("thread.asked", thread, by=named(thread, by), person=person.pk)
    queue("ask", to=person, about=thread, dedupe=f"ask:{thread.pk}:{person.pk}")
    return asked


def _may_be_chosen(thread: Thread, person: User, by: User, *, any_of_the_space: bool) -> bool:
    if any_of_the_space:
        return asking.may_be_asked(thread).filter(pk=person.pk).exists()
    fit = asking.fitting([thread], by)[thread.pk]
    return person.pk != by.pk and person.pk in fit
