"""Addresses of rescue forces and of a team."""

from django.urls import path

from anlan.areas.rescue.teams import views

app_name = "teams"
urlpatterns = [
    path("rescue/", views.overview, name="overview"),
    path("rescue/enterprises/", views.duties, name="duties"),
    path("rescue/teams/<int:pk>/", views.team, name="team"),
    path("rescue/teams/<int:pk>/take-over/", views.take_over, name="take_over"),
    path("rescue/teams/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("rescue/teams/<int:pk>/train/", views.train, name="train"),
    path("rescue/teams/<int:pk>/equipment/<int:number>/", views.equip, name="equip"),
]
