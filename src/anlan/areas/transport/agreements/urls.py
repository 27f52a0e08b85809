"""Addresses of requisitions and their papers."""

from django.urls import path

from anlan.areas.transport.agreements import public, views

app_name = "agreements"
urlpatterns = [
    path("transport/requisitions/new/", views.new, name="new"),
    path("transport/requisitions/<int:pk>/", views.requisition, name="requisition"),
    path("transport/requisitions/<int:pk>/<slug:kind>/", views.step, name="step"),
    path("transport/requisitions/<int:pk>/owner/<slug:paper>/", views.sign, name="sign"),
    path("transport/requisitions/<int:pk>/owner/<slug:paper>/refuse/", views.refuse, name="refuse"),
    path("owner/<str:token>/", public.owner, name="owner"),
    path("transport/requisitions/<int:pk>/papers/<slug:name>.<str:form>", views.paper, name="paper"),
]
