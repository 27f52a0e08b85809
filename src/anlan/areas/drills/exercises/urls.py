"""Addresses of exercises beside their registers."""

from django.urls import path

from anlan.areas.drills.exercises import views

app_name = "exercises"
urlpatterns = [path("drills/", views.due, name="due")]
