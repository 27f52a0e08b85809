"""Addresses of the reach of forest teams."""

from django.urls import path

from anlan.areas.rescue.forest import views

app_name = "forest"
urlpatterns = [
    path("forest/", views.reach, name="reach"),
    path("forest/map.json", views.on_map, name="map"),
    path("forest/sites/", views.sites, name="sites"),
]
