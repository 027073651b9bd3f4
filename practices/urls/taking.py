"""What leaves the directory: print, PDF, booklets, exports, the showcase."""

from django.urls import path

from practices.views import booklets, exports, showcase, taking

urlpatterns = [
    path("export.csv", exports.table, name="table"),
    path("export.json", exports.json_list, name="json_list"),
    path("apercu.png", showcase.image, name="showcase_picture"),
    path("livret/", booklets.choose, name="new_booklet"),
    path("livret/<int:booklet>/", booklets.page, name="booklet"),
    path("livret/<int:booklet>/livret.pdf", booklets.pdf, name="booklet_pdf"),
    path("<int:pk>/imprimer/", taking.print_page, name="print"),
    path("<int:pk>/fiche.pdf", taking.pdf, name="pdf"),
    path("<int:pk>/fiche.json", taking.json_record, name="json"),
    path("<int:pk>/apercu.png", taking.image, name="picture"),
]
