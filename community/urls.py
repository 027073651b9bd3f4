from django.urls import path

from community import views

app_name = "community"

urlpatterns = [
    path("", views.index, name="index"),
    path("reagir/", views.react, name="react"),
    path("<slug:slug>/", views.space, name="space"),
    path("<slug:slug>/joindre/", views.join, name="join"),
    path("<slug:slug>/retirer/", views.withdraw, name="withdraw"),
    path("<slug:slug>/quitter/", views.leave, name="leave"),
    path("<slug:slug>/charte/", views.charter, name="charter"),
    path("<slug:slug>/membres/", views.members, name="members"),
]
