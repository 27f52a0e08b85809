"""Addresses of the reviews."""

from django.urls import path

from anlan.areas.command.review import views

app_name = "review"
urlpatterns = [
    path("reviews/", views.review_list, name="list"),
    path("incidents/<int:pk>/review/", views.detail, name="detail"),
    path("incidents/<int:pk>/review/open/", views.begin, name="open"),
    path("incidents/<int:pk>/review/finding/", views.finding, name="finding"),
    path("incidents/<int:pk>/review/improvement/", views.improvement, name="improvement"),
    path("incidents/<int:pk>/review/close/", views.close, name="close"),
    path("incidents/<int:pk>/review.pdf", views.pdf, name="pdf"),
    path("incidents/<int:pk>/review.docx", views.word, name="docx"),
]
