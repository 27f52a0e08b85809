"""Addresses of routes, the wall of road states, closures, and reports from a phone."""

from django.urls import path

from anlan.areas.transport.closures import board, views

app_name = "closures"
urlpatterns = [
    path("routes/", views.routes, name="routes"),
    path("routes/find.json", views.find, name="find"),
    path("roads/", board.wall, name="wall"),
    path("roads/closures/<int:pk>/", board.closure, name="closure"),
    path("roads/closures/<int:pk>/<slug:verb>/", board.act, name="act"),
    path("field/roads/", board.field, name="field"),
    path("field/roads/report/", board.report, name="report"),
]
