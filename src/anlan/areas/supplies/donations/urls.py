"""Addresses of donations: the book for those who keep it, and what everybody may read."""

from django.urls import path

from anlan.areas.supplies.donations import public, views

app_name = "donations"
urlpatterns = [
    path("supplies/donations/", views.board, name="board"),
    path("supplies/donations/new/<slug:kind>/", views.new, name="new"),
    path("supplies/donations/<int:pk>/", views.entry, name="entry"),
    path("supplies/donations/<int:pk>/receipt.pdf", views.receipt, name="receipt"),
    path("supplies/donations/<int:pk>/<slug:verb>/", views.act, name="act"),
    path("public/donations/", public.page, name="public"),
    path("public/donations.csv", public.table, name="public_csv"),
]
