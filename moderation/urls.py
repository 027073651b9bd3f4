from django.urls import path

from moderation import views

app_name = "moderation"

urlpatterns = [
    path("signaler/", views.report, name="file_report"),
    path("signaler/<int:pk>/", views.followed_report, name="report"),
]
