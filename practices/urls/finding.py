"""Comparing sheets, matching them with an organisation, and seeing what is missing."""

from django.urls import path

from practices.views import browse, comparing, matching

urlpatterns = [
    path("carte/", browse.by_region, name="map"),
    path("comparer/", comparing.compare, name="compare"),
    path("manques/", comparing.missing, name="gaps"),
    path("pour-un-appel/", matching.for_call, name="for_call"),
    path("<int:pk>/chez-nous/", matching.where_we_are, name="match"),
    path("<int:pk>/semblables/", comparing.similar, name="similar"),
]
