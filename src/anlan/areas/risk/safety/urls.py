"""Addresses of units, calculation sheets and the tables of critical quantities."""

from django.urls import path

from anlan.areas.risk.safety import views

app_name = "safety"
urlpatterns = [
    path("safety/", views.overview, name="overview"),
    path("safety/substances/", views.substances, name="substances"),
    path("safety/units/<int:pk>/", views.unit, name="unit"),
    path("safety/units/<int:pk>/sum/", views.preview, name="preview"),
    path("safety/units/<int:pk>/sign/", views.sign, name="sign"),
    path("safety/sheets/<int:pk>/", views.sheet, name="sheet"),
    path("safety/sheets/<int:pk>/review/", views.review, name="review"),
    path("safety/sheets/<int:pk>/file/", views.file, name="file"),
    path("safety/sheets/<int:pk>/export.<slug:kind>", views.export, name="export"),
]
