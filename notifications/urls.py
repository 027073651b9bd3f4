from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("compte/avis/", views.preferences, name="preferences"),
    path("compte/avis/suivi/", views.stop_one, name="stop_one"),
    path("courriel/arret/<str:token>/", views.stop, name="stop"),
]
