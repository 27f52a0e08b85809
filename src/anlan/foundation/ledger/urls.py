"""Addresses of the derived pages; the register's name is part of the path."""

from django.urls import path

from anlan.foundation.ledger import ogc, views

app_name = "ledger"
urlpatterns = [
    path("ogc/", ogc.landing, name="ogc"),
    path("ogc/api", ogc.openapi, name="ogc_api"),
    path("ogc/conformance", ogc.conformance, name="ogc_conformance"),
    path("ogc/collections", ogc.collections, name="ogc_collections"),
    path("ogc/collections/<slug:name>", ogc.collection, name="ogc_collection"),
    path("ogc/collections/<slug:name>/items", ogc.items, name="ogc_items"),
    path("ogc/collections/<slug:name>/items/<str:fid>", ogc.item, name="ogc_item"),
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
