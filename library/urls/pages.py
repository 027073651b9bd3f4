"""Looking for a document, reading it, living with it."""

from django.urls import path

from library.views import browse, document, reading, settling

urlpatterns = [
    path("", browse.index, name="index"),
    path("nouveautes/", browse.news, name="news"),
    path("<int:pk>/", document.page, name="document"),
    path("<int:pk>-<slug:slug>/", document.page, name="document"),
    path("<int:pk>/telecharger/", reading.download, name="download"),
    path("<int:pk>/lire/", reading.read, name="read"),
    path("<int:pk>/pages/<int:number>/", reading.page_image, name="page_image"),
    path("<int:pk>/versions/", document.versions, name="versions"),
    path("<int:pk>/versions/<int:number>/", document.version, name="version"),
    path("<int:pk>/semblables/", document.similar, name="similar"),
    path("<int:pk>/decision/", settling.decide, name="decide"),
    path("<int:pk>/retirer/", settling.withdraw, name="withdraw"),
    path("<int:pk>/fusionner/", settling.merge, name="merge"),
]
