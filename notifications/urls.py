from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("avis/", views.centre, name="centre"),
    path("compte/avis/", views.preferences, name="preferences"),
    path("compte/avis/suivi/", views.stop_one, name="stop_one"),
    path("compte/avis/reprendre/", views.resume, name="resume"),
    path("courriel/arret/<str:token>/", views.stop, name="stop"),
]
