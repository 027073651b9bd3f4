"""An upload that may be interrupted and taken up again."""

import uuid

from django.conf import settings
from django.db import models


class ResumableUpload(models.Model):
    """What has arrived so far of one file of one person (`core.files.resumable`).

    The pieces are objects of the private storage, named after their offset, so that any web process
    may receive the next one. `stored` is the file once it is whole and accepted; `refusal` the
    sentence when it was not.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=150)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    stored = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    refusal = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.offset}/{self.length}"
