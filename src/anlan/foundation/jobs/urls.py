"""Addresses of background work."""

from django.urls import path

from anlan.foundation.jobs import views

app_name = "jobs"
urlpatterns = [path("jobs/", views.overview, name="overview")]
