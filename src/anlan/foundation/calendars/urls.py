"""Addresses of calendars and their subscriptions."""

from django.urls import path

from anlan.foundation.calendars import views

app_name = "calendars"
urlpatterns = [
    path("calendars/", views.overview, name="overview"),
    path("calendars/<int:pk>/revoke/", views.end, name="revoke"),
    path("calendars/s/<str:secret>.ics", views.serve, name="serve"),
]
