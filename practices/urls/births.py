"""Making a sheet from a thread, and the consent of those who wrote in it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
