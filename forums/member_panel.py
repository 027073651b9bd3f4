"""On a person's page: the last threads that she signed, among those that the viewer reads."""

from accounts.models import User
from accounts.panels import member_panel
from core.content import Section
from forums.models import Thread

SHOWN = 5


@member_panel("threads", position=20)
def recent_threads(person: User, viewer: User) -> Section | None:
    """Never what she wrote without her name, whoever looks."""
    signed = Thread.objects.readable_by(viewer).filter(owner=person, unnamed=False)
    threads = list(signed.select_related("space", "owner").order_by("-last_post_at")[:SHOWN])
    if not threads:
        return None
    return Section("forums/parts/member_panel.html", {"threads": threads})
