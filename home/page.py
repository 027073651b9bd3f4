"""A member's home: what is new, what needs her, what awaits her. Composed from the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import fields
from accounts.models import Skill, User
from community.models import JoinRequest
from core import content, formats
from core.content import Appeal, OpenItem, Reading, Section
from core.text import French
from home import welcome
from home.shell import Shell
from notifications import centre
from notifications.centre import Notice

ROWS = 8
WORDS_A_MINUTE = 200
# An answer to a request stays on the home page for so long.
ANSWERED = timedelta(days=14)


@dataclass(frozen=True)
class Waiting:
    """A line of "what awaits me": what it is, in a chip, and where it leads."""

    chip: str
    level: str
    title: str
    url: str


class MemberHome:
    """What the template asks, each part asked of the database once."""

    def __init__(self, user: User, shell: Shell, since: datetime | None) -> None:
        self.user = user
        self.shell = shell
        self.since = since

    @cached_property
    def me(self) -> Any:
        return welcome.me(self.user)

    @cached_property
    def skills(self) -> list[Skill]:
        return list(Skill.objects.filter(profile__owner=self.user))

    @cached_property
    def readings(self) -> list[tuple[str, Reading]]:
        """For each kind that can be unread: the template of its rows, and what is unread."""
        return [
            (kind.row_template, kind.reading(self.user, ROWS, self.since))
            for kind in content.kinds()
            if kind.reading is not None
        ]

    @cached_property
    def unread(self) -> int:
        return sum(stay.unread_threads for stay in self.shell.memberships)

    @cached_property
    def notices(self) -> list[Notice]:
        """What the notification centre holds for her; nothing of it is read."""
        return centre.notices(self.user, on_home=True) if self.unread else []

    @property
    def noticed(self) -> str:
        """How many there are, and how many of these name her."""
        count, named = len(self.notices), sum(one.named for one in self.notices)
        if not count:
            return ""
        shown = f"{count}+" if count >= centre.MOST else count
        said = ngettext("%(shown)s notice", "%(shown)s notices", count) % {"shown": shown}
        if not named:
            return said
        names = ngettext("%(n)s of which names you", "%(n)s of which name you", named)
        return f"{said}, {names % {'n': named}}"

    @cached_property
    def fresh(self) -> int:
        """How many of these have something new since her last visit, at most as many as were
        measured."""
        return sum(reading.fresh for _template, reading in self.readings)

    @property
    def summary(self) -> str:
        """What there is to read since when, and how long it takes."""
        if not self.unread:
            return _("You have read everything.")
        time = formats.reading(self.minutes, formats.active_language())
        words = [*self._to_read(), _("About %(time)s of reading.") % {"time": time}]
        if self.fresh and not self._too_many and (older := self.unread - self.fresh) > 0:
            said = ngettext(
                "%(n)s other is still to read.", "%(n)s others are still to read.", older
            )
            words.append(said % {"n": older})
        return " ".join(words)

    def _to_read(self) -> list[str]:
        since = self.since_words + pgettext("since a day", ": ") if self.since_words else ""
        if self.fresh:
            shown = f"{self.fresh}+" if self._too_many else self.fresh
            new = ngettext(
                "%(shown)s thread with something new.",
                "%(shown)s threads with something new.",
                self.fresh,
            )
            return [since + new % {"shown": shown}]
        unread = ngettext("%(shown)s thread to read.", "%(shown)s threads to read.", self.unread)
        nothing = [since + _("nothing new.")] if since else []
        return [*nothing, unread % {"shown": self.shell.unread}]

    @property
    def _too_many(self) -> bool:
        """Whether more is new than what was measured."""
        measured = sum(reading.measured for _template, reading in self.readings)
        return self.fresh == measured < self.unread

    @cached_property
    def minutes(self) -> int:
        """How long reading takes: what is new or, when nothing is, all of it; beyond what was
        measured, in proportion."""
        if self.fresh:
            fresh = sum(reading.fresh_words for _template, reading in self.readings)
            return max(1, round(fresh / WORDS_A_MINUTE))
        words = sum(reading.words for _template, reading in self.readings)
        measured = sum(reading.measured for _template, reading in self.readings)
        if measured and self.unread > measured:
            words = words * self.unread // measured
        return max(1, round(words / WORDS_A_MINUTE))

    @cached_property
    def since_words(self) -> str:
        """« Depuis mardi », the way people say it."""
        if self.since is None:
            return ""
        at, now = timezone.localtime(self.since), timezone.localtime()
        days = (now.date() - at.date()).days
        language = formats.active_language()
        if days == 0:
            return _("Since %(hour)s") % {"hour": formats.hours(at, language)}
        if days == 1:
            return _("Since yesterday")
        if days < 7:
            return _("Since %(weekday)s") % {"weekday": WEEKDAYS[at.weekday()]}
        day = formats.day(at, language, short=True, year=at.year != now.year)
        return _("Since %(date)s") % {"date": day}

    @cached_property
    def appeal(self) -> Appeal | None:
        words = [one.word for one in self.skills if one.direction == Skill.Direction.HELPS]
        for kind in content.kinds():
            if kind.appeal is not None:
                found = kind.appeal(self.user, words, self.me.function or "")
                if found is not None:
                    return found
        return None

    @cached_property
    def waiting(self) -> list[Waiting]:
        """What the rooms say awaits her word, what becomes of her requests to join spaces, her
        unanswered questions."""
        asked: list[OpenItem] = []
        for kind in content.kinds():
            if kind.waiting is not None:
                asked += kind.waiting(self.user)
        questions = [
            Waiting(_("No reply yet"), "wait", French(one.title), one.url) for one in asked
        ]
        return [*self._words(), *self._requests(), *questions, *self._organisation()]

    def _words(self) -> list[Waiting]:
        """What others wait for, at no query: it came with herself."""
        found = welcome.awaiting(self.me)
        return [Waiting(str(one.chip), "wait", one.title, one.url) for one in found]

    def _organisation(self) -> list[Waiting]:
        """For its contact person: what her organisation has not said yet, whom she could invite."""
        organisation = self.me.organisation
        if organisation is None or organisation.contact_id != self.user.pk:
            return []
        here, found = (organisation.pk, organisation.slug), []
        told = fields.completeness(organisation)
        if not told.full:
            share = formats.percent(told.percent, formats.active_language())
            title = _("Complete the page of my organisation: %(share)s is said") % {"share": share}
            to_edit = reverse("accounts:organisation_edit", args=here)
            found.append(Waiting(_("To complete"), "", title, to_edit))
        if self.me.alone:
            invite = reverse("accounts:team_invite", args=here)
            found.append(Waiting(_("My team"), "", _("Invite my colleagues"), invite))
        return found

    def _requests(self) -> list[Waiting]:
        State = JoinRequest.State
        chips = {
            State.PENDING: (_("Under review"), "wait", "community:join"),
            State.INVITED: (_("Invitation"), "brand", "community:join"),
            State.ACCEPTED: (_("Accepted"), "ok", "community:space"),
            State.REFUSED: (_("Answered"), "", "community:join"),
        }
        recent = timezone.now() - ANSWERED
        rows = JoinRequest.objects.to_follow(recent).filter(user=self.user)
        found = []
        for row in rows.select_related("space").order_by("-id"):
            chip, level, name = chips[State(row.state)]
            title = _("My request to join “%(space)s”")
            if row.state == State.INVITED:
                title = _("An invitation to join “%(space)s”")
            found.append(
                Waiting(
                    chip,
                    level,
                    title % {"space": row.space.name},
                    reverse(name, args=(row.space.slug,)),
                )
            )
        return found

    @cached_property
    def sections(self) -> list[Section]:
        """What the rooms have that is new. A newcomer has her path first."""
        if self.path is not None and self.path.is_beginning:
            return []
        drawn = [kind.on_home(self.user) for kind in content.kinds() if kind.on_home is not None]
        return [section for section in drawn if section is not None]

    @cached_property
    def path(self) -> welcome.Path | None:
        return welcome.path(self.me, self.shell.memberships, self.skills)
