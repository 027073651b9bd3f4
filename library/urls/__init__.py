from library.urls import collections, deposit, exchange, pages

app_name = "library"

# Named addresses before those that begin with a number.
urlpatterns = [
    *deposit.urlpatterns,
    *exchange.urlpatterns,
    *collections.urlpatterns,
    *pages.urlpatterns,
]
