from django.urls import path

from search.views import away, page, saved

app_name = "search"

urlpatterns = [
    path("", page.page, name="page"),
    path("suggestions/", page.suggestions, name="suggestions"),
    path("enregistrees/", saved.saved_searches, name="saved"),
    path("enregistrees/<int:pk>/nom/", saved.rename, name="rename"),
    path("enregistrees/<int:pk>/courriel/", saved.mail, name="mail"),
    path("enregistrees/<int:pk>/flux/", saved.feed, name="own_feed"),
    path("enregistrees/<int:pk>/supprimer/", saved.forget, name="forget"),
    path("flux/<str:key>/", away.feed, {"form": "atom"}, name="feed"),
    path("flux/<str:key>/rss/", away.feed, {"form": "rss"}, name="feed_rss"),
    path("arret/<str:token>/", away.stop, name="stop"),
]
