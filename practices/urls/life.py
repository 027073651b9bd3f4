"""Writing a sheet section by section, its review, its end."""

from django.urls import path

from practices.views import life, writing

urlpatterns = [
    path("nouvelle/", life.new, name="new"),
    path("mes-fiches/", life.mine, name="mine"),
    path("a-revoir/", life.due, name="due"),
    path("<int:pk>/rediger/", writing.overview, name="write"),
    path("<int:pk>/rediger/<slug:section>/", writing.section, name="write_section"),
    path("<int:pk>/rediger/<slug:section>/garder/", writing.keep, name="keep_section"),
    path("<int:pk>/rediger/<slug:section>/presence/", writing.present, name="present"),
    path("<int:pk>/rediger/<slug:section>/abandonner/", writing.drop, name="drop_section"),
    path("<int:pk>/vie/", life.page, name="life"),
    path("<int:pk>/vie/<slug:act>/", life.act, name="act"),
]
