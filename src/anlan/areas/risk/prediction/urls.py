"""Addresses of runs."""

from django.urls import path

import anlan.areas.risk.prediction.api  # noqa: F401  (joins the one API)
from anlan.areas.risk.prediction import views

app_name = "prediction"
urlpatterns = [
    path("predictions/", views.overview, name="list"),
    path("predictions/new/<slug:hazard>/", views.new, name="new"),
    path("predictions/compare/", views.compare, name="compare"),
    path("predictions/<int:pk>/", views.run, name="run"),
    path("predictions/<int:pk>/zones.json", views.zones, name="zones"),
    path("predictions/<int:pk>/accept/", views.accept, name="accept"),
    path("predictions/<int:pk>/close-roads/", views.close_roads, name="close_roads"),
    path("predictions/<int:pk>/measure/", views.measure, name="measure"),
    path("predictions/<int:pk>/score/", views.score, name="score"),
    path("predictions/<int:pk>/refit/", views.refit, name="refit"),
    path("predictions/<int:pk>/export.<slug:kind>", views.export, name="export"),
]
