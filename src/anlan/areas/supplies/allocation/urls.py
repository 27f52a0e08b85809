"""Addresses of relief requests, allocation plans and way-bills."""

from django.urls import path

import anlan.areas.supplies.allocation.api  # noqa: F401  (joins the one API)
from anlan.areas.supplies.allocation import trips, views

app_name = "allocation"
urlpatterns = [
    path("supplies/relief/", views.board, name="board"),
    path("supplies/relief/incidents/<int:pk>/", views.incident, name="incident"),
    path("supplies/relief/incidents/<int:pk>/state/", views.state, name="state"),
    path("supplies/relief/incidents/<int:pk>/plan/", views.start, name="start"),
    path("supplies/relief/requests/<int:pk>/", views.relief, name="request"),
    path("supplies/relief/requests/<int:pk>/close/", views.close, name="close"),
    path("supplies/relief/plans/compare/", views.compare, name="compare"),
    path("supplies/relief/plans/<int:pk>/", views.plan, name="plan"),
    path("supplies/relief/plans/<int:pk>/map.json", views.on_map, name="plan_map"),
    path("supplies/relief/plans/<int:pk>/export.<slug:kind>", views.export, name="export"),
    path("supplies/relief/plans/<int:pk>/join/", views.join, name="join"),
    path("supplies/relief/plans/<int:pk>/wish/", views.wish, name="wish"),
    path("supplies/relief/plans/<int:pk>/<slug:verb>/", views.act, name="plan_act"),
    path("supplies/waybills/", trips.mine, name="mine"),
    path("supplies/waybills/<int:pk>/", trips.waybill, name="waybill"),
    path("supplies/waybills/<int:pk>/waybill.pdf", trips.printed, name="printed"),
    path("supplies/waybills/<int:pk>/<slug:verb>/", trips.act, name="waybill_act"),
]
