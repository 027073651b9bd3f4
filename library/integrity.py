"""What the kept columns of documents and collections should hold."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from community.integrity import reactions
from community.models import Reaction
from core.integrity import counters
from library.kinds import COLUMNS
from library.models import Collection, Document, Download

months = Download.objects.filter(document=OuterRef("pk")).order_by().values("document")
downloads = months.annotate(total=Sum("count")).values("total")

counters(
    Document,
    download_count=Coalesce(Subquery(downloads), 0),
    **reactions("document", COLUMNS),
)
counters(Collection, **reactions("collection", {Reaction.Type.THANKS: "thanks_count"}))
