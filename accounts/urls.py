from django.urls import path

from accounts.joining_urls import urlpatterns as joining
from accounts.views import organisations, people, security

app_name = "accounts"

urlpatterns = [
    *joining,
    path("compte/profil/", people.profile, name="profile"),
    path("compte/securite/", security.overview, name="security"),
    path("membres/", people.directory, name="members"),
    path("membres/<int:pk>/", people.member, name="member"),
    path("membres/<int:pk>-<str:slug>/", people.member, name="member"),
    path("organismes/", organisations.directory, name="organisations"),
    path("organismes/<int:pk>/", organisations.page, name="organisation"),
    path("organismes/<int:pk>-<str:slug>/", organisations.page, name="organisation"),
    path("organismes/<int:pk>-<str:slug>/modifier/", organisations.edit, name="organisation_edit"),
]
