"""Addresses of social forces: the command's pages, and those that a team opens by a secret address."""

from django.urls import path

from anlan.areas.rescue.social import public, views

app_name = "social"
urlpatterns = [
    path("incidents/<int:pk>/social/", views.incident, name="incident"),
    path("incidents/<int:pk>/social/open/", views.open_entry, name="open"),
    path("incidents/<int:pk>/social/quota/", views.quota, name="quota"),
    path("incidents/<int:pk>/social/close/", views.close, name="close"),
    path("social/<int:pk>/", views.application, name="application"),
    path("social/<int:pk>/<slug:verb>/", views.act, name="act"),
    path("join/t/<str:ticket>/", public.follow, name="follow"),
    path("join/<str:secret>/", public.join, name="join"),
]
