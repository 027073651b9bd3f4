from django.urls import path

from bench.floor import floor
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("bench/plancher/<int:pk>/", floor, name="floor"), *urlpatterns]
