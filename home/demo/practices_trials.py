"""Around the sheets of the demonstration: what one member keeps, and a level that has expired."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from practices.models import Evidence, Interest, Sheet
from practices.services import interest

KEEPER = "mem-05"
KEPT = ("fp-02", "fp-05", "fp-07")
# Kept five weeks ago: she is asked whether it was tried.
ASKED = "fp-05"
# Its internal survey was to be looked at again, and was not.
EXPIRED = "fp-06"


def add_around(people: dict[str, User], sheets: dict[str, Sheet]) -> None:
    """A member keeps three sheets, of which one question waits; one level of evidence expired."""
    keeper, now = people[KEEPER], timezone.now()
    for number, id in enumerate(KEPT):
        row = interest.keep(sheets[id], by=keeper)
        kept_at = now - timedelta(days=number)
        Interest.objects.filter(pk=row.pk).update(saved_at=kept_at)
    Interest.objects.filter(user=keeper, sheet=sheets[ASKED]).update(
        saved_at=now - timedelta(weeks=5),
        ask_on=timezone.localdate() - timedelta(weeks=1),
        asked_at=now - timedelta(weeks=1),
    )
    # Written as the clock would have, so that loading tells nobody.
    why = Evidence.Expiry.DATE
    Evidence.objects.filter(sheet=sheets[EXPIRED]).update(
        review_on=timezone.localdate() - timedelta(days=20),
        expiry=why,
        expired_at=now - timedelta(days=19),
    )
    Sheet.objects.filter(pk=sheets[EXPIRED].pk).update(evidence_expiry=why)
    sheets[EXPIRED].refresh_from_db()
