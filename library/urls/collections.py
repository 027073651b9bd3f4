"""Collections and reading lists."""

from django.urls import path

from library.views import collections

urlpatterns = [
    path("collections/", collections.index, name="collections"),
    path("collections/nouvelle/", collections.new, name="new_collection"),
    path("collections/<int:pk>/", collections.page, name="collection"),
    path("collections/<int:pk>-<slug:slug>/", collections.page, name="collection"),
    path("collections/<int:pk>/modifier/", collections.edit, name="collection_edit"),
    path("collections/<int:pk>/documents/", collections.item, name="collection_item"),
    path("collections/<int:pk>/archive.zip", collections.zip_archive, name="collection_zip"),
    path("<int:pk>/collectionner/", collections.collect, name="collect"),
]
