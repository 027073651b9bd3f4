"""What awaits an animator: one function, for the admin's home and for Monday's mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case, Exists, OuterRef, When
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import MembershipRequest, User
from accounts.numbers import neq_adds_up
from accounts.querysets import active_q
from community.models import JoinRequest, Reaction, SubCommunity
from core import content, terms
from core.audience import State
from forums.asking import fitting
from forums.models import Post, Thread
from moderation.models import Report

#: An unanswered question waits this long before it is listed.
UNANSWERED_AFTER = timedelta(hours=48)
#: Newcomers are listed this long; a first post, while a thank-you still comes in time.
NEWCOMER = timedelta(days=45)
FIRST_POST = timedelta(days=14)
#: At most so many of each sort: the list is for today, the rest is in the admin's own lists.
EACH = 12


@dataclass(frozen=True)
class Task:
    """One thing that awaits, with its one action.

    `title` may quote what was written; `quiet_title` never does, and is what mails show.
    `since` is when it began to wait; `minutes` what it usually takes; what is `urgent` cannot be
    put off.
    """

    sort: str
    chip: str | Promise
    level: str
    title: str
    quiet_title: str
    since: datetime
    url: str
    action: str | Promise
    minutes: int
    details: list[str] = field(default_factory=list)
    urgent: bool = False

    @property
    def key(self) -> str:
        """What tells it from the others, from one day to the next."""
        return f"{self.sort} {self.url}"


def tasks_for(user: User, *, each: int = EACH) -> list[Task]:
    """Everything that awaits `user`, most pressing sort first, oldest first within a sort, at most
    `each` of a sort."""
    return [task for collect in COLLECTORS for task in collect(user, each)]


def minutes_for(tasks: list[Task]) -> int:
    return sum(task.minutes for task in tasks)


def _place(space: SubCommunity | None) -> str:
    return space.name if space else _("The community")


def reports(user: User, rows: int) -> list[Task]:
    """Those of somebody who may be in danger first."""
    pressing = Case(When(reason=Report.Reason.DANGER, then=0), default=1)
    found = Report.objects.open().moderated_by(user).select_related("space")
    return [
        Task(
            sort="report",
            chip=gettext_lazy("To look at"),
            level="wait",
            title=report.headline,
            quiet_title=_("A message to look at in %(space)s") % {"space": _place(report.space)},
            since=report.created_at,
            url=reverse("admin:moderation_report_change", args=(report.pk,)),
            action=gettext_lazy("Look"),
            minutes=5,
            details=[*report.topic, _place(report.space), _("reported by a member")],
            urgent=report.reason == Report.Reason.DANGER,
        )
        for report in found.order_by(pressing, "created_at")[:rows]
    ]


def membership_requests(user: User, rows: int) -> list[Task]:
    found = MembershipRequest.objects.moderated_by(user).filter(
        state=MembershipRequest.State.SUBMITTED
    )
    return [
        Task(
            sort="request",
            chip=gettext_lazy("Membership"),
            level="wait",
            title=request.organisation_name,
            quiet_title=request.organisation_name,
            since=request.submitted_at or request.created_at,
            url=reverse("admin:accounts_membershiprequest_change", args=(request.pk,)),
            action=gettext_lazy("Decide"),
            minutes=5,
            details=_facts_of(request),
        )
        for request in found.order_by("submitted_at")[:rows]
    ]


def _facts_of(request: MembershipRequest) -> list[str]:
    """Where the organisation is, and what its numbers say."""
    neq = ""
    if request.neq:
        neq = _("NEQ verified") if neq_adds_up(request.neq) else _("NEQ to be checked")
    region = terms.label("regions", request.region)
    robot = _("to be checked") if request.to_verify else ""
    return [fact for fact in (region, request.municipality, neq, robot) if fact]


def join_requests(user: User, rows: int) -> list[Task]:
    found = JoinRequest.objects.pending().moderated_by(user).select_related("user", "space")
    return [
        Task(
            sort="join",
            chip=gettext_lazy("Joining"),
            level="wait",
            title=str(request.user),
            quiet_title=_("A request to join %(space)s") % {"space": request.space.name},
            since=request.created_at,
            url=reverse("admin:community_joinrequest_change", args=(request.pk,)),
            action=gettext_lazy("Answer"),
            minutes=2,
            details=[request.space.name],
        )
        for request in found.order_by("created_at")[:rows]
    ]


def unanswered(user: User, rows: int) -> list[Task]:
    before = timezone.now() - UNANSWERED_AFTER
    found = (
        Thread.objects.moderated_by(user)
        .unanswered()
        .filter(state=State.PUBLISHED, created_at__lt=before, locked_at=None)
        .exclude(kind="annonce")
        .select_related("space")
    )
    threads = list(found.order_by("created_at")[:rows])
    people = fitting(threads)
    return [
        Task(
            sort="unanswered",
            chip=gettext_lazy("Without an answer"),
            level="",
            title=thread.title,
            quiet_title=_quiet(thread, _("A question without an answer")),
            since=thread.created_at,
            url=reverse("admin:ask", args=(thread.pk,)),
            action=gettext_lazy("Ask somebody"),
            minutes=5,
            details=[_place(thread.space), *_could_answer(len(people[thread.pk]))],
        )
        for thread in threads
    ]


def _could_answer(people: int) -> list[str]:
    said = ngettext("%(n)s person could answer", "%(n)s people could answer", people)
    return [said % {"n": people}] if people else []


def newcomers(user: User, rows: int) -> list[Task]:
    if not user.is_animator:
        return []
    found = (
        User.objects.filter(
            active_q(),
            role=User.Role.MEMBER,
            created_at__gt=timezone.now() - NEWCOMER,
            greeting=None,
        )
        .exclude(is_superuser=True)
        .select_related("organisation")
    )
    return [
        Task(
            sort="newcomer",
            chip=gettext_lazy("Welcome"),
            level="ok",
            title=person.full_name,
            quiet_title=person.full_name,
            since=person.created_at,
            url=reverse("admin:greet", args=(person.pk,)),
            action=gettext_lazy("Greet"),
            minutes=3,
            details=[str(person.organisation)] if person.organisation else [],
        )
        for person in found.order_by("created_at")[:rows]
    ]


def first_posts(user: User, rows: int) -> list[Task]:
    """First posts signed by their author: an unnamed one must not be pointed at."""
    earlier = Post.objects.filter(
        author=OuterRef("author"), created_at__lt=OuterRef("created_at"), unnamed=False
    )
    thanked = Reaction.objects.filter(
        kind="post", object_id=OuterRef("pk"), user__role=User.Role.ANIMATION
    )
    found = (
        Post.objects.moderated_by(user)
        .filter(
            ~Exists(earlier),
            ~Exists(thanked),
            state=State.PUBLISHED,
            unnamed=False,
            created_at__gt=timezone.now() - FIRST_POST,
            author__role=User.Role.MEMBER,
        )
        .select_related("author", "thread__space")
    )
    return [
        Task(
            sort="first_post",
            chip=gettext_lazy("First post"),
            level="ok",
            title=_("%(name)s wrote for the first time") % {"name": post.author.first_name},
            quiet_title=_quiet(
                post.thread,
                _("%(name)s wrote for the first time") % {"name": post.author.first_name},
            ),
            since=post.created_at,
            url=reverse("admin:thank", args=(post.pk,)),
            action=gettext_lazy("Thank"),
            minutes=1,
            details=[_place(post.thread.space)],
        )
        for post in found.order_by("created_at")[:rows]
        if post.author
    ]


def _quiet(thread: Thread, otherwise: str) -> str:
    """What a mail may say: the title only where the space lets its text leave by mail."""
    if not thread.space.content_in_mail:
        return _("Something new in %(space)s") % {"space": thread.space.name}
    return f"{otherwise} ({thread.space.name})"


def decisions(user: User, rows: int) -> list[Task]:
    """What the kinds of the rooms say awaits a decision, a document to approve for one."""
    return [
        Task(
            sort=decision.sort or kind.name,
            chip=decision.chip,
            level="wait",
            title=decision.title,
            quiet_title=decision.quiet_title,
            since=decision.since,
            url=decision.url,
            action=decision.action,
            minutes=decision.minutes,
            details=decision.details,
        )
        for kind in content.kinds()
        if kind.to_decide is not None
        for decision in kind.to_decide(user, rows)
    ]


COLLECTORS: tuple[Callable[[User, int], list[Task]], ...] = (
    reports,
    membership_requests,
    join_requests,
    decisions,
    unanswered,
    newcomers,
    first_posts,
)
