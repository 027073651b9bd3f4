"""Comparing sheets, matching them with an organisation, and seeing what is missing."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
