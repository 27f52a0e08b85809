"""Addresses of the circle."""

from django.urls import path

from anlan.areas.rescue.stations import views

app_name = "stations"
urlpatterns = [
    path("coverage/", views.coverage, name="coverage"),
    path("coverage/map.json", views.on_map, name="map"),
    path("coverage/study/", views.study, name="study"),
]
