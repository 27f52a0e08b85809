"""Addresses of routes."""

from django.urls import path

from anlan.areas.transport.closures import views

app_name = "closures"
urlpatterns = [
    path("routes/", views.routes, name="routes"),
    path("routes/find.json", views.find, name="find"),
]
