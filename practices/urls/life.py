"""Writing a sheet section by section, its review, its end."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
