"""`manage.py retry_failed`: gives what was given up another chance, once its cause is repaired."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.models import OutboxEvent, OutgoingMail


class Command(BaseCommand):
    help = "Puts the events and mails that were given up back in their queues."

    def handle(self, **options: Any) -> None:
        fresh = {"attempts": 0, "leased_until": None, "not_before": timezone.now()}
        events = OutboxEvent.objects.exclude(failed_at=None).update(failed_at=None, **fresh)
        State = OutgoingMail.State
        mails = OutgoingMail.objects.filter(state=State.FAILED).update(state=State.WAITING, **fresh)
        self.stdout.write(f"{events} events and {mails} mails are waiting again.")
