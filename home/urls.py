from django.urls import path

from home import views

app_name = "home"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("confidentialite/", views.privacy, name="privacy"),
    path("conditions/", views.terms, name="terms"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("aide/", views.help_page, name="help"),
    path("compte/code-de-conduite/", views.code_of_conduct, name="conduct"),
    path("accueil/tout-lu/", views.read_all, name="read_all"),
    path("accueil/bienvenue/", views.welcome, name="welcome"),
]
