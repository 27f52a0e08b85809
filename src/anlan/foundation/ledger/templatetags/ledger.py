"""Filters that the derived pages need."""

from django import template
from django.db import models
from django.utils.translation import get_language

register = template.Library()


@register.filter
def field_title(model: type[models.Model], name: str) -> str:
    """The label of a model's field."""
    return str(model._meta.get_field(name).verbose_name)


@register.filter
def toggled(name: str, sort: str) -> str:
    """The other direction when the list is already sorted by this field."""
    return f"-{name}" if sort == name else name


@register.filter
def localized(chinese: str, english: str) -> str:
    """A text kept in both languages, in the reader's."""
    return english if english and str(get_language()).startswith("en") else chinese
