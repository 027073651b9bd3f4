"""On the page of an organisation: the practices that it bears, as the viewer reads them."""

from accounts.models import Organisation, User
from accounts.panels import organisation_panel
from core.content import Section
from practices.home import for_rows
from practices.models import Sheet

SHOWN = 6


@organisation_panel("practices", position=10)
def borne(organisation: Organisation, viewer: User) -> Section | None:
    rows = Sheet.objects.readable_by(viewer).live().filter(bearer=organisation)
    found = list(for_rows(rows).improved_first()[:SHOWN])
    return Section("practices/organisation_panel.html", {"sheets": found}) if found else None
