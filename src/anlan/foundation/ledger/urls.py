"""Addresses of the derived pages; the register's name is part of the path."""

from django.urls import path

from anlan.foundation.ledger import views

app_name = "ledger"
urlpatterns = [
    path("registers/", views.index, name="index"),
    path("registers/suggest/<str:model>/", views.suggest, name="suggest"),
    path("registers/jobs/<int:pk>/", views.job_progress, name="job"),
    path("registers/jobs/<int:pk>/refused.csv", views.refused_rows, name="refused"),
    path("registers/<slug:name>/", views.listing, name="list"),
    path("registers/<slug:name>/add/", views.edit, name="add"),
    path("registers/<slug:name>/bulk/", views.bulk, name="bulk"),
    path("registers/<slug:name>/import/", views.import_page, name="import"),
    path("registers/<slug:name>/template.<str:form>", views.template, name="template"),
    path("registers/<slug:name>/export.<str:form>", views.export, name="export"),
    path("registers/<slug:name>/layer.geojson", views.layer, name="layer"),
    path("registers/<slug:name>/<str:pk>/", views.detail, name="detail"),
    path("registers/<slug:name>/<str:pk>/edit/", views.edit, name="edit"),
    path("registers/<slug:name>/<str:pk>/delete/", views.delete, name="delete"),
    path("registers/<slug:name>/<str:pk>/action/<slug:action>/", views.act, name="act"),
]
