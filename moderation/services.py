"""What moderators do: one function, one act."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.querysets import active_q
from community.audience import moderators_of
from community.models import SubCommunity
from core import content, log
from core.errors import Invalid, NotAllowed, Refused
from core.events import emit
from core.mail import queue
from moderation import agenda
from moderation.models import Greeting, Postponement, Report


class AlreadyClosed(Refused):
    message = _("Somebody has already dealt with this report.")
    status = 409


class AlreadyGreeted(Refused):
    message = _("Somebody has already greeted this person.")
    status = 409


class CannotBeDone(Invalid):
    message = _("This cannot be done to this kind of content.")


@transaction.atomic
def file_report(obj: Any, *, by: User, reason: str, details: str = "") -> Report:
    """Tell those who moderate `obj` that it needs a look.

    The same person reporting the same thing twice, while the first report is open, completes
    it: one row. Raises `NotAllowed` when she cannot read `obj`.
    """
    kind = content.kind_of(obj)
    if not obj.can_be_read_by(by):
        raise NotAllowed
    fields = {
        "space": kind.space(obj),
        "reason": reason,
        "details": details,
        "snapshot": kind.snapshot(obj),
        "author_id": kind.writer(obj),
    }
    try:
        with transaction.atomic():
            report = Report.objects.create(kind=kind.name, object_id=obj.pk, reporter=by, **fields)
    except IntegrityError:
        report = Report.objects.get(kind=kind.name, object_id=obj.pk, reporter=by, closed_at=None)
        Report.objects.filter(pk=report.pk).update(**fields)
        return report
    log.record("report.filed", report, by=by)
    emit("report.filed", report=report.pk)
    return report


@transaction.atomic
def close_report(
    report: Report,
    *,
    by: User,
    outcome: str,
    reason: str = "",
    answer: str = "",
    space: SubCommunity | None = None,
) -> Report:
    """Decide on a report: do what `outcome` says through the kind's own services, answer.

    `reason` goes to the journal and to the author, `answer` to the person who reported; `space`
    is where to when the outcome is a move. Raises `AlreadyClosed`, `NotAllowed`, `CannotBeDone`.
    """
    report = Report.objects.select_for_update().get(pk=report.pk)
    if not Report.objects.moderated_by(by).filter(pk=report.pk).exists():
        raise NotAllowed
    if report.closed_at is not None:
        raise AlreadyClosed
    _apply(report, outcome, by=by, reason=reason, space=space)
    # A move took the report along.
    report.refresh_from_db(fields=("space",))
    report.closed_at = timezone.now()
    report.closed_by = by
    report.outcome = outcome
    report.answer = answer
    report.save()
    log.record("report.closed", report, by=by, reason=reason, outcome=outcome)
    emit("report.closed", report=report.pk)
    return report


def _apply(
    report: Report, outcome: str, *, by: User, reason: str, space: SubCommunity | None
) -> None:
    if outcome == Report.Outcome.KEPT:
        return
    kind = content.get(report.kind)
    obj = kind.objects.moderated_by(by).filter(pk=report.object_id).first()
    if obj is None:
        raise CannotBeDone(_("This content is no longer there, or no longer yours to moderate."))
    act = {
        Report.Outcome.HIDDEN: kind.hide,
        Report.Outcome.LOCKED: kind.lock,
        Report.Outcome.MOVED: kind.move,
    }[Report.Outcome(outcome)]
    if act is None:
        raise CannotBeDone
    if outcome == Report.Outcome.MOVED:
        if space is None:
            raise CannotBeDone(_("Choose the space to move it to."))
        act(obj, by=by, reason=reason, space=space)
    else:
        act(obj, by=by, reason=reason)


@transaction.atomic
def restore(report: Report, *, by: User, reason: str = "") -> None:
    """Put back what a report set aside. Raises `NotAllowed`, `CannotBeDone`."""
    if not Report.objects.moderated_by(by).filter(pk=report.pk).exists():
        raise NotAllowed
    kind = content.get(report.kind)
    obj = kind.objects.moderated_by(by).filter(pk=report.object_id).first()
    if obj is None:
        raise NotAllowed
    if kind.restore is None:
        raise CannotBeDone
    kind.restore(obj, by=by, reason=reason)


@transaction.atomic
def greet(person: User, *, by: User, message: str) -> Greeting:
    """Write to a newcomer in one's own name. Raises `AlreadyGreeted`, `NotAllowed`."""
    if not by.is_animator:
        raise NotAllowed
    greeting, made = Greeting.objects.get_or_create(
        user=person, defaults={"by": by, "message": message}
    )
    if not made:
        raise AlreadyGreeted
    log.record("member.greeted", person, by=by)
    queue("greeting", to=person, about=greeting, dedupe=f"greeting:{person.pk}")
    return greeting


def put_off(*, by: User) -> Postponement:
    """Take what awaits `by` off her own console until Monday, less what is urgent. The others who
    moderate the same spaces see it as before."""
    off, _made = Postponement.objects.update_or_create(
        user=by,
        defaults={"keys": agenda.to_put_off(by), "until": agenda.next_monday(timezone.now())},
    )
    return off


def bring_back(*, by: User) -> None:
    """See again at once what was put off."""
    Postponement.objects.filter(user=by).delete()


def who_may_look(report: Report) -> QuerySet[User]:
    """Those who moderate where it was made, less the author of what it is about."""
    return moderators_of(report.space).exclude(pk=report.author_id or 0)


def who_is_told_it_waits(report: Report) -> QuerySet[User]:
    """Whom to tell that a report waits for somebody who may look: the federation's other animators
    or, where there is none, the administrators. What it says stays where it is."""
    people = User.objects.filter(active_q()).exclude(pk=report.author_id or 0)
    animators = people.filter(role=User.Role.ANIMATION)
    return animators if animators.exists() else people.filter(is_superuser=True)


def tell_moderators(report: Report) -> None:
    """Queue the mail that says a report waits, for each person who may look at it; when nobody
    may, a neutral one for those who can see to it that somebody does."""
    found = list(who_may_look(report))
    name = "report_filed" if found else "report_stuck"
    for person in found or who_is_told_it_waits(report):
        if person.pk != report.reporter_id:
            queue(name, to=person, about=report, dedupe=f"{name}:{report.pk}:{person.pk}")
