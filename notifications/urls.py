from django.urls import path

from notifications import incoming_views, views

app_name = "notifications"

urlpatterns = [
    path("avis/", views.centre, name="centre"),
    path("compte/avis/", views.preferences, name="preferences"),
    path("compte/avis/suivi/", views.stop_one, name="stop_one"),
    path("compte/avis/reprendre/", views.resume, name="resume"),
    path("courriel/arret/<str:token>/", views.stop, name="stop"),
    path("courriel/entrant/", incoming_views.webhook, name="webhook"),
    path("courriel/recu/<int:pk>/", incoming_views.original, name="original"),
    path("dev/courriels/", incoming_views.sent, name="sent"),
    path("dev/courriels/<str:name>/", incoming_views.sent_one, name="sent_one"),
]
