"""Addresses of turn-outs and of the recommendation."""

from django.urls import path

from anlan.areas.rescue.turnouts import views

app_name = "turnouts"
urlpatterns = [
    path("turnouts/", views.listing, name="list"),
    path("turnouts/<int:pk>/", views.turnout, name="turnout"),
    path("turnouts/<int:pk>/count/", views.count, name="count"),
    path("turnouts/<int:pk>/<slug:verb>/", views.act, name="act"),
    path("incidents/<int:pk>/teams/", views.recommend, name="recommend"),
]
