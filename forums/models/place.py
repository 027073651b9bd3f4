"""Where a message stood before it was moved."""

from django.db import models

from forums import querysets


class FormerPlace(models.Model):
    """A position of `thread` that `post` has left: kept for good, so that the address it had leads
    to it wherever it went. With its posts, these are all positions that a thread ever gave."""

    thread = models.ForeignKey(
        "forums.Thread", on_delete=models.CASCADE, related_name="former_places"
    )
    position = models.PositiveIntegerField()
    post = models.ForeignKey("forums.Post", on_delete=models.CASCADE, related_name="former_places")

    objects = querysets.FormerPlaceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("thread", "position"), name="former_place_once"),
        )

    def __str__(self) -> str:
        return f"{self.thread_id}#{self.position} was {self.post_id}"
