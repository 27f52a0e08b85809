"""Addresses of the transport board, of convoy orders, and of the driver's phone page (kept offline under /field/)."""

from django.urls import path

from anlan.areas.transport.convoys import views

app_name = "convoys"
urlpatterns = [
    path("transport/", views.board, name="board"),
    path("transport/map.json", views.on_map, name="map"),
    path("transport/orders/new/", views.new, name="new"),
    path("transport/orders/<int:pk>/", views.order, name="order"),
    path("transport/orders/<int:pk>/map.json", views.order_map, name="order_map"),
    path("transport/orders/<int:pk>/crew/", views.crew, name="crew"),
    path("transport/orders/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("transport/assignments/<int:pk>/", views.assigned, name="assigned"),
    path("field/convoys/", views.mine, name="mine"),
    path("field/convoys/<int:pk>/<slug:kind>/", views.step, name="step"),
]
