"""Address of the page of limits."""

from django.urls import path

from anlan.foundation.clocks import views

app_name = "clocks"
urlpatterns = [path("clocks/", views.clock_list, name="list")]
