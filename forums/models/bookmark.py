"""What a person keeps at hand, for herself alone."""

from django.conf import settings
from django.db import models

from forums import querysets


class Bookmark(models.Model):
    """A message kept by one person (a thread, by its opening message), and the day on which she
    is to be reminded of it. Nobody else sees it, in the admin neither."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks"
    )
    post = models.ForeignKey("forums.Post", on_delete=models.CASCADE, related_name="bookmarks")
    remind_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.BookmarkQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "post"), name="bookmark_once"),)
        indexes = (
            models.Index(
                fields=("remind_on",),
                name="bookmark_to_remind",
                condition=models.Q(remind_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} keeps {self.post_id}"
