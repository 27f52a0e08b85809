"""Addresses of the shell, the command screen, the one map and the phone pages."""

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from anlan.web.views import (
    desk,
    field,
    home,
    incidents,
    installation,
    intake,
    notices,
    onemap,
    screen,
    search,
    sessions,
)

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("notices/", notices.notices, name="notices"),
    path("notices/counter/", notices.notice_counter, name="notice_counter"),
    path("notices/register/", notices.register, name="notice_register"),
    path("notices/<int:pk>/phone/", notices.notice_phone, name="notice_phone"),
    path("notices/<int:pk>/confirm/", notices.notice_confirm, name="notice_confirm"),
    path("desk/", desk.desk, name="desk"),
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/raise/", intake.incident_raise, name="incident_raise"),
    path("incidents/raise/kinds/", intake.incident_kinds, name="incident_kinds"),
    path("incidents/raise/areas/", intake.incident_areas, name="incident_areas"),
    path("incidents/raise/alike/", intake.incident_alike, name="incident_alike"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("incidents/<int:pk>/figures/", incidents.incident_figures, name="incident_figures"),
    path("incidents/<int:pk>/note/", incidents.incident_note, name="incident_note"),
    path("incidents/<int:pk>/grade/", incidents.incident_grade, name="incident_grade"),
    path("incidents/<int:pk>/status/", incidents.incident_status, name="incident_status"),
    path("incidents/<int:pk>/final-grade/", incidents.incident_final_grade, name="incident_final_grade"),
    path("incidents/<int:pk>/merge/", incidents.incident_merge, name="incident_merge"),
    path("incidents/<int:pk>/replay/", incidents.incident_replay, name="incident_replay"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("search/", search.search, name="search"),
    path("screen/", screen.screen, name="screen"),
    path("screen/panels/<slug:name>/", screen.panel, name="screen_panel"),
    path("screen/layers.json", screen.layers, name="screen_layers"),
    path("map/", onemap.onemap, name="map"),
    path("map/config.json", onemap.config, name="map_config"),
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
