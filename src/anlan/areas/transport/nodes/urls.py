"""Addresses of the transport contact map."""

from django.urls import path

from anlan.areas.transport.nodes import views

app_name = "nodes"
urlpatterns = [
    path("transport/contacts/", views.contacts, name="contacts"),
    path("transport/contacts/map.json", views.on_map, name="map"),
]
