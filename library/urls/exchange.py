"""What leaves the library: citations, feeds, exports, OAI-PMH."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
