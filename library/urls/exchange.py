"""What leaves the library: citations, feeds, exports, OAI-PMH."""

from django.urls import path

from library.views import exchange, oai

urlpatterns = [
    path("oai/", oai.harvest, name="oai"),
    path("flux.rss", exchange.feed, {"format": "rss"}, name="feed_rss"),
    path("flux.atom", exchange.feed, {"format": "atom"}, name="feed_atom"),
    path("export.csv", exchange.table, name="table"),
    path("<int:pk>/citation/<slug:format>/", exchange.citation, name="citation"),
]
