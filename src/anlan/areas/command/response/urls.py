"""Addresses of plans, responses, orders and the phone page's data."""

from django.urls import path

from anlan.areas.command.response.views import activations, field, orders, plans

app_name = "response"
urlpatterns = [
    path("plans/", plans.overview, name="plans"),
    path("plans/import/", plans.read_in, name="plan_import"),
    path("plans/<int:pk>/", plans.detail, name="plan"),
    path("plans/<int:pk>/plan.toml", plans.export, name="plan_export"),
    path("plans/<int:pk>/approve/", plans.approve, name="plan_approve"),
    path("plans/<int:pk>/publish/", plans.publish, name="plan_publish"),
    path("plans/<int:pk>/file/", plans.file, name="plan_file"),
    path("incidents/<int:pk>/respond/", activations.activate, name="activate"),
    path("incidents/<int:pk>/respond/decline/", activations.decline, name="decline"),
    path("responses/<int:pk>/", activations.confirm, name="confirm"),
    path("responses/<int:pk>/confirm/", activations.put_into_force, name="confirm_do"),
    path("responses/<int:pk>/reject/", activations.reject, name="reject"),
    path("responses/<int:pk>/level/", activations.level, name="level"),
    path("responses/<int:pk>/end/", activations.end, name="end"),
    path("orders/", orders.overview, name="orders"),
    path("orders/remind/", orders.remind, name="remind"),
    path("orders/<int:pk>/", orders.detail, name="order"),
    path("orders/<int:pk>/assign/", orders.assign, name="order_assign"),
    path("orders/<int:pk>/cancel/", orders.cancel, name="order_cancel"),
    path("orders/<int:pk>/<str:verb>/", orders.report, name="order_report"),
    path("incidents/<int:pk>/orders/add/", orders.add, name="order_add"),
    path("field/pack.json", field.pack, name="field_pack"),
    path("field/orders/<int:pk>/<str:verb>/", field.report, name="field_report"),
]
