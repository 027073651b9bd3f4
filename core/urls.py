from django.urls import path

from core import health, views

app_name = "core"

urlpatterns = [
    path("sante/", health.view, name="health"),
    path("fichiers/", views.upload, name="upload"),
    path("fichiers/<uuid:file_id>/", views.file, name="file"),
]
