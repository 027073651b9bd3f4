"""Collections and reading lists."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
