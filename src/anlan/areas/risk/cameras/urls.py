"""Addresses of cameras."""

from django.urls import path

from anlan.areas.risk.cameras import views

app_name = "cameras"
urlpatterns = [
    path("cameras/alarms/", views.alarms, name="alarms"),
    path("cameras/<int:pk>/", views.camera, name="camera"),
    path("cameras/<int:pk>/control/", views.control, name="control"),
]
