"""Addresses of risk studies."""

from django.urls import path

from anlan.areas.risk.qra import views

app_name = "qra"
urlpatterns = [
    path("risk/", views.overview, name="list"),
    path("risk/new/", views.new, name="new"),
    path("risk/<int:pk>/", views.study, name="study"),
    path("risk/<int:pk>/contours.json", views.contours, name="contours"),
    path("risk/<int:pk>/export.<slug:kind>", views.export, name="export"),
]
