"""What the room does after the fact."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.querysets import active_q
from community.models import Membership
from core.events import hook, on
from core.mail import queue
from core.schedule import weekly
from forums.models import Post, Thread
from moderation import services
from moderation.models import Report


@on("report.filed")
def tell_moderators(payload: dict[str, Any]) -> None:
    report = Report.objects.select_related("space").filter(pk=payload["report"]).first()
    if report is not None and report.closed_at is None:
        services.tell_moderators(report)


@on("report.closed")
def tell_people(payload: dict[str, Any]) -> None:
    """The person who reported gets an answer; the author of what was set aside, the reason."""
    report = Report.objects.filter(pk=payload["report"]).first()
    if report is None:
        return
    if report.reporter is not None:
        queue(
            "report_answer", to=report.reporter, about=report, dedupe=f"report-answer:{report.pk}"
        )
    if report.outcome == Report.Outcome.HIDDEN:
        # Signed or not: the mail goes to her alone.
        author = User.objects.filter(active_q(), pk=report.author_id or 0).first()
        if author is not None:
            queue("set_aside", to=author, about=report, dedupe=f"set-aside:{report.pk}")


@hook("thread.moved")
def take_reports_along(*, thread: Thread, **_also: Any) -> None:
    """What was reported in a thread goes with it, at once: its words are those of the new space,
    which others may moderate."""
    posts = Post.objects.filter(thread=thread).values("pk")
    about = Q(kind="thread", object_id=thread.pk) | Q(kind="post", object_id__in=posts)
    Report.objects.filter(about).update(space=thread.space_id)


@hook("thread.merged")
def report_its_opening(*, thread: Thread, opening: int, **_also: Any) -> None:
    """A thread that was merged is no more: what was reported of it is what it opened with, where
    that stands now; once a person, who may have reported both."""
    moved = Report.objects.filter(kind="thread", object_id=thread.pk)
    place = Post.objects.filter(pk=opening).values_list("thread__space", flat=True).first()
    already = Report.objects.filter(kind="post", object_id=opening, closed_at=None)
    twice = moved.filter(closed_at=None, reporter__in=already.values("reporter"))
    moved.exclude(pk__in=list(twice.values_list("pk", flat=True))).update(
        kind="post", object_id=opening, space=place
    )


@weekly(weekday=0, hour=8, name="moderation.monday")
def monday_mail() -> None:
    """What awaits each of those who moderate, once a week."""
    week = timezone.localdate().isocalendar()
    for person in moderating_people():
        queue("monday", to=person, dedupe=f"monday:{person.pk}:{week.year}-{week.week}")


def moderating_people() -> Any:
    """The federation's animators, and the co-animators when the setting allows them."""
    people = User.objects.filter(active_q())
    animators = people.filter(role=User.Role.ANIMATION)
    if not settings.COANIMATION:
        return animators
    led = Membership.objects.current().filter(role=Membership.Role.COANIMATION)
    return animators | people.filter(pk__in=led.values("user_id"))
