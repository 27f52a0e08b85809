"""Addresses of resource requests."""

from django.urls import path

from anlan.foundation.resources import views

app_name = "resources"
urlpatterns = [
    path("resources/requests/", views.overview, name="requests"),
    path("resources/requests/<int:pk>/", views.detail, name="request"),
    path("resources/requests/<int:pk>/assign/", views.assign, name="assign"),
    path("resources/requests/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("resources/assignments/<int:pk>/move/", views.move, name="move"),
    path("incidents/<int:pk>/resources/ask/", views.ask, name="ask"),
]
