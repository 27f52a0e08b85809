"""Addresses of the gas network."""

from django.urls import path

from anlan.areas.risk.gas import views

app_name = "gas"
urlpatterns = [
    path("gas/", views.network, name="network"),
    path("gas/map.json", views.on_map, name="map"),
    path("gas/check/", views.check, name="check"),
    path("gas/leak/<int:pk>/", views.leak, name="leak"),
    path("gas/leak/<int:pk>.json", views.leak_json, name="leak_json"),
]
