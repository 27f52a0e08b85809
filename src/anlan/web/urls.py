"""Addresses of the shell, the command screen, the one map and the phone pages."""

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from anlan.web.views import field, home, installation, onemap, screen, search, sessions

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("notices/", home.notices, name="notices"),
    path("notices/counter/", home.notice_counter, name="notice_counter"),
    path("notices/<int:pk>/confirm/", home.notice_confirm, name="notice_confirm"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("search/", search.search, name="search"),
    path("screen/", screen.screen, name="screen"),
    path("screen/panels/<slug:name>/", screen.panel, name="screen_panel"),
    path("screen/layers.json", screen.layers, name="screen_layers"),
    path("map/", onemap.onemap, name="map"),
    path("map/areas.geojson", onemap.areas, name="map_areas"),
    path("map/card/<slug:name>/<str:pk>/", onemap.card, name="map_card"),
    path("map/search.json", onemap.search, name="map_search"),
    path("map/inside/", onemap.zone, name="map_inside"),
    path("field/", field.field, name="field"),
    path("field/me.json", field.me, name="field_me"),
    path("health", installation.health, name="health"),
    path("sw.js", installation.service_worker, name="service_worker"),
    path("favicon.ico", RedirectView.as_view(url=static("img/anlan.svg"))),
    path("offline/", installation.offline, name="offline"),
    path("manifest.webmanifest", installation.manifest, name="manifest"),
]
