from django.urls import path

from core import health, uploads, views

app_name = "core"

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("sante/", health.view, name="health"),
    path("fichiers/", views.upload, name="upload"),
    path("fichiers/<uuid:file_id>/", views.file, name="file"),
    path("televersements/", uploads.uploads, name="uploads"),
    path("televersements/<uuid:upload_id>/", uploads.upload, name="resumable"),
]
