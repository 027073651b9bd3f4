"""On a person's page: the spaces of hers that the viewer reads too."""

from accounts.models import User
from accounts.panels import member_panel
from community.models import SubCommunity
from core.content import Section


@member_panel("spaces", position=10)
def spaces_in_common(person: User, viewer: User) -> Section | None:
    spaces = (
        SubCommunity.objects.open()
        .readable_by(viewer)
        .filter(memberships__user=person, memberships__ended_at=None)
    )
    found = list(spaces.order_by("position", "name"))
    if not found:
        return None
    return Section("community/parts/member_panel.html", {"spaces": found, "mine": person == viewer})
