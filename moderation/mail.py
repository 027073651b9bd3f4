"""The room's messages, one function each. What leaves by mail never quotes a reported text."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core.mail import Message, message
from core.models import ActionLog, OutgoingMail
from moderation import console, services
from moderation.models import Greeting, Report


def _address(name: str, *args: object) -> str:
    return settings.BASE_URL + reverse(name, args=args)


def _report(mail: OutgoingMail) -> Report | None:
    return Report.objects.select_related("space").filter(pk=mail.object_id or 0).first()


@message("report_filed")
def report_filed(mail: OutgoingMail) -> Message | None:
    """To those who moderate: something waits, with a link and nothing of what it says."""
    report = _report(mail)
    if report is None or report.closed_at or mail.recipient is None:
        return None
    if not Report.objects.moderated_by(mail.recipient).filter(pk=report.pk).exists():
        return None
    return Message(
        context={
            "space": report.space,
            "danger": report.reason == Report.Reason.DANGER,
            "url": _address("admin:moderation_report_change", report.pk),
        },
        why=_("You moderate this space."),
    )


@message("report_stuck")
def report_stuck(mail: OutgoingMail) -> Message | None:
    """To the federation: a report waits, and the only people who may look at it wrote what it is
    about. Its place, and nothing of it."""
    report = _report(mail)
    if report is None or report.closed_at or mail.recipient is None:
        return None
    if services.who_may_look(report).exists():
        return None
    if not services.who_is_told_it_waits(report).filter(pk=mail.recipient.pk).exists():
        return None
    return Message(
        context={"space": report.space},
        why=_("You look after the animation of the community."),
    )


@message("report_answer")
def report_answer(mail: OutgoingMail) -> Message | None:
    """To the person who reported: what was decided; the words stay on the site when the space
    keeps its content out of mails."""
    report = _report(mail)
    if report is None or report.closed_at is None or mail.recipient_id != report.reporter_id:
        return None
    quiet = report.space is not None and not report.space.content_in_mail
    return Message(
        context={
            "outcome": "" if quiet else report.get_outcome_display(),
            "answer": "" if quiet else report.answer,
            "url": _address("moderation:report", report.pk),
        },
        why=_("You asked the animation team to look at something."),
    )


@message("set_aside")
def set_aside(mail: OutgoingMail) -> Message | None:
    """To the author of what was set aside: why, without repeating it."""
    report = _report(mail)
    if report is None or report.outcome != Report.Outcome.HIDDEN:
        return None
    act = ActionLog.objects.filter(verb="report.closed", kind="report", object_id=report.pk).first()
    quiet = report.space is not None and not report.space.content_in_mail
    return Message(
        context={
            "reason": act.reason if act and not quiet else "",
            "url": _address("home:conduct"),
        },
        why=_("A message of yours was set aside by the animation team."),
    )


@message("greeting")
def greeting(mail: OutgoingMail) -> Message | None:
    found = Greeting.objects.select_related("by").filter(pk=mail.object_id or 0).first()
    if found is None or found.by is None:
        return None
    return Message(
        context={"by": found.by, "message": found.message, "url": settings.BASE_URL},
        headers={"Reply-To": found.by.email},
        why=_("You have just joined the community."),
    )


@message("monday")
def monday(mail: OutgoingMail) -> Message | None:
    """To each animator on Monday: what awaits her, as the console says it, without quoting."""
    if mail.recipient is None:
        return None
    tasks = console.tasks_for(mail.recipient)
    if not tasks:
        return None
    return Message(
        context={
            "tasks": [(task, settings.BASE_URL + task.url) for task in tasks],
            "minutes": console.minutes_for(tasks),
            "url": _address("admin:index"),
        },
        why=_("You animate the community."),
    )
