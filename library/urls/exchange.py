"""What leaves the library: citations, feeds, exports, OAI-PMH."""

from django.urls import path

from library.views import exchange

urlpatterns = [
    path("<int:pk>/citation/<slug:format>/", exchange.citation, name="citation"),
]
