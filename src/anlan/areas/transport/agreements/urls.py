"""Addresses of requisitions and their papers."""

from django.urls import path

from anlan.areas.transport.agreements import views

app_name = "agreements"
urlpatterns = [
    path("transport/requisitions/new/", views.new, name="new"),
    path("transport/requisitions/<int:pk>/", views.requisition, name="requisition"),
    path("transport/requisitions/<int:pk>/<slug:kind>/", views.step, name="step"),
    path("transport/requisitions/<int:pk>/papers/<slug:name>.<str:form>", views.paper, name="paper"),
]
