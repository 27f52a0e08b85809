"""Addresses of stock: what lies where, what comes and goes, counts, gaps, labels."""

from django.urls import path

from anlan.areas.supplies.movements import exports, keeping, views

app_name = "movements"
urlpatterns = [
    path("supplies/", views.overview, name="overview"),
    path("supplies/expiring/", views.expiring, name="expiring"),
    path("supplies/gaps/", views.gaps, name="gaps"),
    path("supplies/gaps.<str:form>", exports.purchase_table, name="purchase_table"),
    path("supplies/depots/<int:pk>/", views.depot, name="depot"),
    path("supplies/depots/<int:pk>/receive/", keeping.receive, name="receive"),
    path("supplies/depots/<int:pk>/out/<slug:kind>/", keeping.out, name="out"),
    path("supplies/depots/<int:pk>/count/", keeping.count_open, name="count_open"),
    path("supplies/counts/<int:pk>/", keeping.count, name="count"),
    path("supplies/counts/<int:pk>/<slug:verb>/", keeping.count_act, name="count_act"),
    path("supplies/slips/<int:pk>/", views.slip, name="slip"),
    path("supplies/slips/<int:pk>/<slug:verb>/", keeping.slip_act, name="slip_act"),
    path("supplies/keep/", keeping.keep, name="keep"),
    path("supplies/lots/<int:pk>/", keeping.lot, name="lot"),
    path("supplies/lots/<int:pk>/label.pdf", exports.label, name="label"),
]
