"""Addresses of attachments."""

from django.urls import path

from anlan.foundation.files import views

app_name = "files"
urlpatterns = [path("files/<int:pk>/", views.download, name="download")]
