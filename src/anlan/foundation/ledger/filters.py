"""The list's filters, derived from the declaration."""

from functools import cache, reduce
from operator import or_

import django_filters
from django.db import models
from django.db.models import Q
from django.forms import NullBooleanSelect
from django.utils.translation import gettext_lazy as _

from anlan.foundation.ledger.registry import Ledger, ledger
from anlan.foundation.ledger.rendering import ReferenceInput
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area


class EitherSelect(NullBooleanSelect):
    """Yes, no, or either: what nobody chose is not unknown."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.choices = [("unknown", "---------"), *self.choices[1:]]


@cache
def filterset(name: str) -> type[django_filters.FilterSet]:
    """The FilterSet class of a ledger: its declared filters and a search box `q`."""
    entry = ledger(name)
    members: dict = {"q": django_filters.CharFilter(method="find", label=_("搜索"))}
    for path in entry.filters:
        field = entry.model._meta.get_field(path)
        if isinstance(field, models.ForeignKey) and field.remote_field.model is Area:
            members[path] = django_filters.CharFilter(
                method="inside", label=field.verbose_name, widget=ReferenceInput(Area)
            )
        elif isinstance(field, models.BooleanField):
            members[path] = django_filters.BooleanFilter(label=field.verbose_name, widget=EitherSelect)

    def find(self, rows, _name, value):
        texts = [f"{path}__icontains" for path in entry.search or entry.columns[:1]]
        return rows.filter(reduce(or_, (Q(**{text: value}) for text in texts)))

    def inside(self, rows, name, value):
        return rows.filter(within((prefix(value.split(maxsplit=1)[0]),), f"{name}_id"))

    meta = type("Meta", (), {"model": entry.model, "fields": [f for f in entry.filters if f not in members]})
    return type(
        f"{name.title()}Filter",
        (django_filters.FilterSet,),
        members | {"find": find, "inside": inside, "Meta": meta},
    )


def filtered(entry: Ledger, user, params) -> tuple[models.QuerySet, django_filters.FilterSet]:
    """The visible rows that match the request's filters."""
    chosen = filterset(entry.name)(params, queryset=entry.rows(user))
    return (chosen.qs if chosen.is_valid() else entry.rows(user)), chosen
