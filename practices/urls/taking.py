"""What leaves the directory: print, PDF, booklets, exports, the showcase."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
