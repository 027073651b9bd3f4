"""Looking for a document, reading it, living with it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
