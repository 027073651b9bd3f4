"""What may be seen of sheets and of what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.querysets import active_q
from core.audience import AudienceQuerySet, Level, State, audience_q, moderation_q

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from core.audience import Viewer
    from practices.models import Bearer, Sheet


def _flag(condition: Q | Exists) -> ExpressionWrapper:
    return ExpressionWrapper(Q(condition), output_field=BooleanField())


def _bearing() -> Any:
    """Who bears what now: named, active, still of the bearing organisation."""
    rows: Any = apps.get_model("practices", "Bearer").objects
    return rows.filter(active_q("user__"), user__organisation_id=F("sheet__bearer_id"))


def bears(user: Viewer) -> Exists:
    """Whether `user` bears the outer sheet."""
    return Exists(_bearing().filter(sheet_id=OuterRef("pk"), user_id=user.pk or 0))


def is_borne(outer: str) -> Exists:
    """Whether somebody bears the sheet that the outer row names."""
    return Exists(_bearing().filter(sheet_id=OuterRef(outer)))


def answers_awaited(user: User) -> QuerySet[Bearer]:
    """What she bears now and that has improvements without an answer, a row a sheet."""
    rows: QuerySet[Bearer] = _bearing().filter(
        user_id=user.pk,
        sheet__state=State.PUBLISHED,
        sheet__current__isnull=False,
        sheet__waiting_count__gt=0,
    )
    return rows


def reviews_awaited(user: User) -> QuerySet[Bearer]:
    """What she bears now and whose day of review has come, a row a sheet."""
    rows: QuerySet[Bearer] = _bearing().filter(
        user_id=user.pk,
        sheet__state=State.PUBLISHED,
        sheet__current__isnull=False,
        sheet__archived_at=None,
        sheet__review_on__lte=timezone.localdate(),
    )
    return rows


def bearers_of(sheet_id: int) -> QuerySet[User]:
    """The people who bear a sheet, by name."""
    people: Any = get_user_model().objects
    found: QuerySet[User] = people.filter(
        pk__in=_bearing().filter(sheet_id=sheet_id).values("user_id")
    )
    return found.order_by("last_name", "first_name", "pk")


def bearers_by_sheet(sheets: Iterable[int]) -> dict[int, list[User]]:
    """The people who bear each of these sheets, none for a sheet that is not a key: one query."""
    found: dict[int, list[User]] = {}
    rows = _bearing().filter(sheet_id__in=sheets).select_related("user")
    for row in rows.order_by("user__last_name", "user__first_name", "user_id"):
        found.setdefault(row.sheet_id, []).append(row.user)
    return found


class SheetQuerySet(AudienceQuerySet):
    def borne_by(self, user: Viewer) -> Self:
        """The sheets that she looks after, whatever is in preparation."""
        return self.filter(bears(user)).exclude(state__in=(State.HIDDEN, State.REMOVED))

    def seen_by(self, user: Viewer) -> Self:
        """What `user` reads, what she moderates, and what she bears before it is published."""
        being_made = Q(bears(user)) & Q(state__in=(State.DRAFT, State.PENDING))
        return self.filter(audience_q(user) | moderation_q(user) | being_made)

    def with_rights(self, user: Viewer) -> Self:
        """Adds what `practices.permissions` needs to know, in the same query."""
        return self.annotate(
            viewer_reads=_flag(audience_q(user)),
            viewer_moderates=_flag(moderation_q(user)),
            viewer_bears=bears(user),
        )

    def published(self) -> Self:
        """Those that have a version for their readers; archived ones too."""
        return self.filter(state=State.PUBLISHED, current__isnull=False)

    def live(self) -> Self:
        """Published, and not archived."""
        return self.published().filter(archived_at=None)

    def in_showcase(self) -> Self:
        return self.published().filter(level=Level.PUBLIC)

    def due(self) -> Self:
        """Those whose day of review has come."""
        return self.live().filter(review_on__lte=timezone.localdate())

    def unanswered(self) -> Self:
        """Those that are due, less those whose next version is in review: that is an answer."""
        sheets: Any = self.model
        return self.due().exclude(progress__in=sheets.IN_REVIEW)

    def gone_for(self, user: Viewer) -> Self:
        """What was withdrawn, and that `user` would read now were it still there: the rule is
        asked of the same columns, the state aside."""
        columns = ("level", "space_id", "organisation_id", "owner_id")
        as_it_was: dict[str, Any] = {f"then_{name}": F(name) for name in columns}
        rows = self.alias(then_state=Value(State.PUBLISHED), **as_it_was)
        return rows.filter(audience_q(user, "then_"), state=State.REMOVED, removed_at__isnull=False)

    def improved_first(self) -> Self:
        return self.order_by("-improved_at", "-id")


class VersionQuerySet(AudienceQuerySet):
    """The versions of a sheet are read by the members who read it; a visitor reads the current
    one, on the page of the sheet, and no other."""

    audience_prefix = "sheet__"

    def readable_by(self, user: Viewer) -> Self:
        if not user.is_authenticated:
            return self.none()
        return super().readable_by(user)


class InsideQuerySet(AudienceQuerySet):
    """What members say of a sheet: read by members who read the sheet, while nobody set it aside;
    by visitors never."""

    audience_prefix = "sheet__"

    def readable_by(self, user: Viewer) -> Self:
        if not user.is_authenticated:
            return self.none()
        return super().readable_by(user).filter(state=State.PUBLISHED)


class ProposalQuerySet(InsideQuerySet):
    def waiting(self) -> Self:
        return self.filter(answer="attente", state=State.PUBLISHED)

    def of_published_sheets(self) -> Self:
        """Those of sheets that are there for their readers."""
        return self.filter(sheet__state=State.PUBLISHED, sheet__current__isnull=False)


class TrialQuerySet(InsideQuerySet):
    def abandoned(self) -> Self:
        return self.filter(outcome="abandonnee")

    def abandoned_among_first(self) -> Self:
        """Newest first, the abandoned ones taking every other place while there are any: they teach
        as much, and are the first to be forgotten."""
        abandoned = Case(When(outcome="abandonnee", then=0), default=1, output_field=IntegerField())
        rank = Window(
            RowNumber(),
            partition_by=[F("is_other")],
            order_by=[F("created_at").desc(), F("pk").desc()],
        )
        rows = self.annotate(is_other=abandoned).annotate(rank=rank)
        return rows.order_by("rank", "is_other")


class InterestQuerySet(QuerySet):
    def of(self, user: Viewer) -> Self:
        """Hers, of sheets that she may read now."""
        rows = self.filter(user_id=user.pk or 0, sheet__state=State.PUBLISHED)
        return rows.filter(audience_q(user, "sheet__"))

    def kept(self) -> Self:
        return self.filter(saved_at__isnull=False)

    def to_answer(self) -> Self:
        """Asked, and not answered yet."""
        return self.filter(asked_at__isnull=False, answer="")


class PassageQuerySet(QuerySet):
    def of(self, user: User) -> Self:
        """What she wrote, in drafts that are still being made: asked of her, or answered by her."""
        refused = Q(consent__in=("refuse", "ecarte"), answered_at__isnull=False)
        return self.once_of(user).filter(Q(consent__in=("attente", "donne")) | refused)

    def once_of(self, user: User) -> Self:
        """What she wrote, in drafts that are still being made: done without, too."""
        return self.filter(
            consent__in=("attente", "donne", "refuse", "ecarte"),
            writer_id=user.pk,
            sheet__current=None,
            sheet__state__in=(State.DRAFT, State.PENDING),
        )

    def published_of(self, user: User) -> Self:
        """What she agreed to, in published sheets that she reads."""
        sheets: Any = apps.get_model("practices", "Sheet").objects
        published = sheets.readable_by(user).published()
        return self.filter(writer_id=user.pk, consent="donne", sheet__in=published)

    def in_sheet(self, sheet: Sheet) -> Self:
        """Those of a sheet that her page showed her."""
        return self.filter(sheet_id=sheet.pk)

    def waiting(self) -> Self:
        return self.filter(consent="attente")


class OfSheetQuerySet(QuerySet):
    """What is decided of a sheet: seen by who sees the sheet."""

    def seen_by(self, user: Viewer) -> Self:
        sheets: Any = apps.get_model("practices", "Sheet").objects
        return self.filter(sheet__in=sheets.seen_by(user))
