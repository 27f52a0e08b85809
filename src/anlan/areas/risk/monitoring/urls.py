"""Addresses of monitoring."""

from django.urls import path, re_path

from anlan.areas.risk.monitoring.views import alarms, devices, gateways, sensorthings, stations

app_name = "monitoring"
urlpatterns = [
    path("monitoring/", stations.overview, name="overview"),
    path("stations/latest.geojson", stations.layer, name="layer"),
    path("stations/<int:pk>/", stations.station, name="station"),
    path("stations/<int:pk>/command/", stations.command, name="command"),
    path("instruments/<int:pk>/series.json", stations.series, name="series"),
    path("instruments/<int:pk>/series.csv", stations.table, name="table"),
    path("instruments/<int:pk>/silence/", stations.silence, name="silence"),
    path("instruments/<int:pk>/state/", stations.state, name="state"),
    path("alarms/", alarms.overview, name="alarms"),
    path("alarms/<int:pk>/", alarms.alarm, name="alarm"),
    path("alarms/<int:pk>/acknowledge/", alarms.acknowledge, name="acknowledge"),
    path("gateways/", gateways.overview, name="gateways"),
    path("gateways/devices/", devices.overview, name="devices"),
    path("gateways/replay/", devices.replay, name="replay"),
    path("stations/<int:pk>/track.geojson", stations.track, name="track"),
    path("stations/<int:pk>/frames/", devices.frames, name="frames"),
    path("gateways/malformed/<str:digest>/", gateways.malformed, name="malformed"),
    path("gateways/unknown/<int:pk>/", gateways.unknown, name="unknown"),
    path("sta/v1.1/", sensorthings.service, name="sensorthings"),
    re_path(r"sta/v1\.1(?:/(?P<path>[\s\S]*))?\Z", sensorthings.service),  # a key may hold any character
]
