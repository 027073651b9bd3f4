"""The files of messages. They come and go through `core.files`; here is which belongs to which."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile

from core import files, richtext
from core.models import StoredFile
from forums.errors import ForeignAttachment
from forums.models import Post

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

KIND = "post"


def keep(upload: UploadedFile, *, by: User) -> StoredFile:
    """Store a file that belongs to nothing yet. Raises the refusals of `core.files`."""
    return files.accept(upload, by=by)


def loose(ids: Iterable[uuid.UUID], *, by: User) -> QuerySet[StoredFile]:
    """Of these files, those that `by` uploaded and that belong to nothing yet."""
    return StoredFile.objects.filter(pk__in=list(ids), uploaded_by=by, kind="", object_id=None)


def attach(post: Post, ids: Collection[uuid.UUID], *, by: User) -> None:
    """Tie to `post` its attachments and the images shown in its text.

    Raises `ForeignAttachment` when an attachment is somebody else's, or belongs to something.
    """
    try:
        files.attach(ids, to_kind=KIND, object_id=post.pk, by=by)
    except files.ForeignFile:
        raise ForeignAttachment from None
    shown = richtext.image_ids(post.html)
    if shown:
        own = loose(shown, by=by).values_list("pk", flat=True)
        files.attach(list(own), to_kind=KIND, object_id=post.pk, by=by)


def of_posts(posts: Collection[Post]) -> dict[int, list[StoredFile]]:
    """The attachments of each post, without the images that its text already shows; one query."""
    shown = {image for post in posts for image in richtext.image_ids(post.html)}
    found: dict[int, list[StoredFile]] = defaultdict(list)
    rows = StoredFile.objects.filter(kind=KIND, object_id__in=[post.pk for post in posts])
    for row in rows.order_by("created_at"):
        if row.pk not in shown:
            found[row.object_id or 0].append(row)
    return found
