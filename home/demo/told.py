"""Who has what in a digest, as the demonstration says it."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from home.founding import source
from notifications.models import EVERYTHING, Attention, Delivery, Digest, Subscription

# A digest is weekly at the rarest; who has none is told at once, as everybody is to begin with.
RHYTHMS = {
    "quotidien": Delivery.DAILY,
    "hebdomadaire": Delivery.WEEKLY,
    "mensuel": Delivery.WEEKLY,
}


def add_digests(people: dict[str, User]) -> None:
    """The digest of each member, from now on; newcomers have chosen nothing yet."""
    now = timezone.now()
    words, digests = [], []
    for entry in source()["membres"]:
        mail = RHYTHMS.get(entry["frequence_resume"])
        if mail is None or entry["niveau_participation"] == "nouveau":
            continue
        user = people[entry["id"]]
        words.append(
            Subscription(
                user=user,
                kind=EVERYTHING,
                object_id=0,
                attention=Attention.PART,
                mail=mail,
                by_hand=True,
            )
        )
        digest = Digest(user=user, daily_until=now, weekly_until=now)
        digest.daily, digest.weekly = mail == Delivery.DAILY, mail == Delivery.WEEKLY
        digest.next_at = digest.after(now)
        digests.append(digest)
    Subscription.objects.bulk_create(words)
    Digest.objects.bulk_create(digests)
