from practices.urls import (
    births,
    finding,
    improving,
    life,
    pages,
    taking,
    trials,
)

app_name = "practices"

# Named addresses before those that begin with a number.
urlpatterns = [
    *finding.urlpatterns,
    *births.urlpatterns,
    *life.urlpatterns,
    *improving.urlpatterns,
    *trials.urlpatterns,
    *taking.urlpatterns,
    *pages.urlpatterns,
]
