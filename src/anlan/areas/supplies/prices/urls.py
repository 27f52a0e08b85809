"""Address of the price watch."""

from django.urls import path

from anlan.areas.supplies.prices import views

app_name = "prices"
urlpatterns = [path("supplies/prices/", views.watch, name="watch")]
