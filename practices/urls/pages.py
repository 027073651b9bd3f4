"""Looking for a sheet, reading it."""

from django.urls import path

from practices.views import browse, sheet

urlpatterns = [
    path("", browse.index, name="index"),
    path("nouveautes/", browse.news, name="news"),
    path("<int:pk>/", sheet.page, name="sheet"),
    path("<int:pk>-<slug:slug>/", sheet.page, name="sheet"),
]
