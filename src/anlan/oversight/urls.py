"""Addresses of the oversight pages."""

from django.urls import path

from anlan.oversight import views

app_name = "oversight"
urlpatterns = [
    path("oversight/", views.overview, name="overview"),
    path("oversight/tasks/<int:number>/", views.task, name="task"),
    path("oversight/targets/<slug:code>/", views.target, name="target"),
]
