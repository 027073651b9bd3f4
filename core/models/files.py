"""Stored files: what `core.files`, their one door, keeps of each."""

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models


def private_storage():  # type: ignore[no-untyped-def]  # (Storage is configured by alias)
    """The storage outside public media; named here so that migrations do not freeze it."""
    return storages["private"]


class StoredFile(models.Model):
    """One file, attached to one object of a registered kind, or to none yet.

    A file is readable when its object is; while unattached, by its uploader only.
    """

    class State(models.TextChoices):
        READY = "ready"
        WITHHELD = "withheld"  # until the antivirus answers
        INFECTED = "infected"  # its content is gone

    class Damage(models.TextChoices):
        LOST = "lost"  # the storage cannot give it
        ALTERED = "altered"  # it is not what was kept

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(storage=private_storage, max_length=200)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.READY)
    # When its content was last read again, and what was found then.
    checked_at = models.DateTimeField(null=True, editable=False)
    damage = models.CharField(max_length=10, choices=Damage, blank=True, editable=False)

    class Meta:
        ordering = ("created_at",)
        indexes = (
            models.Index(fields=("kind", "object_id"), name="file_target"),
            models.Index(fields=("damage",), name="file_damaged", condition=~models.Q(damage="")),
        )

    def __str__(self) -> str:
        return self.name
