"""“I tried it”, keeping a sheet, levels of evidence."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
