"""What a person follows and how she is told, resolved in SQL: the nearest word wins.

For the object: what she said of it by hand; else "mentions" or "silence" said of its space (or of
everything); else whether she wrote in it, or follows the whole space. For the mail: her word on the
object, else on the space, else on everything, else every message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from notifications.models import EVERYTHING, SPACE, Attention, Delivery, Subscription

if TYPE_CHECKING:
    from django.db.models import QuerySet

USUAL = Delivery.EACH
AT_ONCE = (Delivery.EACH, Delivery.FIRST)


def _said(rows: QuerySet, column: str) -> Subquery:
    return Subquery(rows.exclude(**{column: ""}).values(column)[:1], output_field=CharField())


def with_attention(
    rows: QuerySet,
    kind: str,
    *,
    user: int | OuterRef,
    object_id: int | OuterRef,
    space_id: int | OuterRef,
) -> QuerySet:
    """Adds `attention` and `told_by` to each row: of people for one object (`user` refers to the
    row), or of objects for one person (`object_id` and `space_id` do)."""
    hers = Subscription.objects.filter(user_id=user)
    this = hers.to(kind, object_id)
    space, everything = hers.to(SPACE, space_id), hers.to(EVERYTHING, 0)
    takes_part = Exists(this.filter(by_hand=False, attention=Attention.FOLLOW))
    annotated: QuerySet = rows.annotate(
        place=Coalesce(
            _said(space, "attention"), _said(everything, "attention"), Value(Attention.PART)
        )
    ).annotate(
        attention=Coalesce(
            _said(this.filter(by_hand=True), "attention"),
            Case(
                When(place__in=(Attention.MENTIONS, Attention.SILENCE), then=F("place")),
                When(Q(place=Attention.FOLLOW) | Q(takes_part), then=Value(Attention.FOLLOW)),
                default=Value(Attention.MENTIONS),
                output_field=CharField(),
            ),
        ),
        told_by=Coalesce(
            _said(this, "mail"), _said(space, "mail"), _said(everything, "mail"), Value(USUAL)
        ),
    )
    return annotated


def wanted_q(mentioned: Any) -> Q:
    """The SQL condition, after `with_attention`, under which something is for this person:
    followed, or naming her (`mentioned`, an Exists) where she did not ask for silence."""
    return Q(attention=Attention.FOLLOW) | (~Q(attention=Attention.SILENCE) & Q(mentioned))
