"""Addresses of the rule pages."""

from django.urls import path

from anlan.foundation.rules import views

app_name = "rules"
urlpatterns = [
    path("rules/", views.catalogue, name="catalogue"),
    path("rules/<str:code>/", views.detail, name="detail"),
    path("rules/<str:code>/change/", views.change, name="change"),
]
