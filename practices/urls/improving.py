"""Proposing an improvement, answering it, adapting a sheet."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
