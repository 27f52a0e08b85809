"""The REST API of every ledger, with OpenAPI, made from the same declarations and validated by the same forms."""

import json
from datetime import datetime
from typing import Any

import django.forms as forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models.deletion import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router, Schema, Status
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer, SessionAuth
from pydantic import create_model

from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import ApiToken
from anlan.foundation.ledger import layers
from anlan.foundation.ledger.filters import filtered
from anlan.foundation.ledger.forms import form_class, key_of, unsaid
from anlan.foundation.ledger.records import SecretField
from anlan.foundation.ledger.registry import Ledger, ledgers
from anlan.foundation.ledger.writing import delete_record, save_form, why_kept


class TokenAuth(HttpBearer):
    """A program's key in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str):
        found = (
            ApiToken.objects.select_related("user")
            .filter(digest=ApiToken.digest_of(token), expires_at__gt=timezone.now())
            .first()
        )
        if found is None or not found.user.is_active:
            return None
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
        request.user = found.user
        return found.user


class SignedIn(SessionAuth):
    """The browser's session."""

    def authenticate(self, request: HttpRequest, key):
        return request.user if request.user.is_authenticated else None


class Problem(Schema):
    """Why a request was refused: a sentence, and per field what to mend."""

    error: str
    fields: dict[str, list[str]] = {}


api = NinjaAPI(title="安澜 Anlan", version="1", urls_namespace="api", auth=[TokenAuth(), SignedIn()])


def answer(request: HttpRequest, status: int, error: str, fields: dict | None = None) -> HttpResponse:
    return api.create_response(request, {"error": error, "fields": fields or {}}, status=status)


@api.exception_handler(PermissionDenied)
def _forbidden(request, error):
    return answer(request, 403, str(error) or _("没有权限。"))


@api.exception_handler(Http404)
def _missing(request, error):
    return answer(request, 404, _("没有这条记录，或不在您的管辖范围内。"))


@api.exception_handler(AuthenticationError)
def _unknown(request, error):
    return answer(request, 401, _("请登录，或在 Authorization 头中给出有效的接口令牌。"))


@api.exception_handler(ProtectedError)
def _kept(request, error):
    return answer(request, 409, why_kept(error))


@api.exception_handler(ValidationError)
def _invalid(request, error):
    fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return answer(request, 422, _("请修改所列字段后重试。"), fields)


_TYPES: list[tuple[type[forms.Field], type]] = [
    (forms.BooleanField, bool),
    (forms.DecimalField, str),
    (forms.FloatField, float),
    (forms.IntegerField, int),
    (forms.JSONField, Any),
]


def _type_of(field: forms.Field) -> type:
    # Subclasses of IntegerField (float, decimal) come first in the table.
    return next((kind for form_field, kind in _TYPES if isinstance(field, form_field)), str)


def body_schema(entry: Ledger) -> type[Schema]:
    """The pydantic schema of a ledger's fields; all optional, because the form decides what is missing."""
    fields = {
        name: (_type_of(field) | None if _type_of(field) is not Any else Any, None)
        for name, field in form_class(entry).base_fields.items()
    }
    return create_model(f"{entry.model.__name__}Fields", __base__=Schema, **fields)


def serialize(entry: Ledger, record: models.Model) -> dict[str, Any]:
    """A record as JSON values: references by key, times in ISO 8601 with offset."""
    values: dict[str, Any] = {"id": record.pk, "label": str(record)}
    for name in dict.fromkeys((*entry.form_fields, *entry.columns)):
        if isinstance(entry.model._meta.get_field(name), SecretField):
            continue
        value = getattr(record, name)
        if isinstance(value, models.Model):
            value = getattr(value, key_of(type(value)))
        elif isinstance(value, datetime):
            value = timezone.localtime(value).isoformat()
        elif not isinstance(value, str | int | float | bool | dict | list | type(None)):
            value = value.isoformat() if hasattr(value, "isoformat") else str(value)
        values[name] = value
    return values


def _form_data(entry: Ledger, payload: Schema, record: models.Model | None) -> dict[str, Any]:
    given = payload.dict(exclude_unset=True)
    if record is None:
        given |= unsaid(entry, given)
    data = {k: v for k, v in (serialize(entry, record) if record else {}).items() if k in entry.form_fields} | given
    base = form_class(entry).base_fields
    return {k: json.dumps(v) if isinstance(base[k], forms.JSONField) else v for k, v in data.items() if k in base}


def router_of(entry: Ledger) -> Router:
    """List, read, add, change and delete for one ledger."""
    router = Router(tags=[entry.name])
    body = body_schema(entry)
    refused = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}

    def record_of(request, pk: str):
        try:
            return get_object_or_404(entry.rows(request.user), pk=pk)
        except (ValueError, ValidationError, OverflowError):
            raise Http404 from None

    @router.get("", operation_id=f"{entry.name}_list", response={200: dict, **refused}, summary=str(entry.title))
    def index(request, limit: int = 50, offset: int = 0):
        demand(request.user, entry.capability("view"))
        rows, chosen = filtered(entry, request.user, request.GET)
        if not chosen.is_valid():
            raise ValidationError(dict(chosen.errors))
        limit, offset = max(1, min(limit, 1000)), max(0, min(offset, 10**9))
        page = rows.select_related(*entry.related())[offset : offset + limit]
        return {"count": rows.count(), "items": [serialize(entry, record) for record in page]}

    @router.get("/{pk}", operation_id=f"{entry.name}_read", response={200: dict, **refused})
    def read(request, pk: str):
        demand(request.user, entry.capability("view"))
        return serialize(entry, record_of(request, pk))

    if entry.location:

        @router.get("/layer/geojson", operation_id=f"{entry.name}_layer", response={200: dict, **refused})
        def layer(request):
            demand(request.user, entry.capability("view"))
            return layers.features(entry, request.user)

    if entry.is_read_only:
        return router

    def write(request, payload, record=None):
        form = form_class(entry)(_form_data(entry, payload, record), instance=record, user=request.user)
        if not form.is_valid():
            return Status(
                422,
                {
                    "error": _("请修改所列字段后重试。"),
                    "fields": {k: list(v) for k, v in form.errors.items()},
                },
            )
        saved = save_form(ledger=entry, actor=request.user, form=form)
        saved.refresh_from_db()  # numbers as they are kept
        return Status(200 if record else 201, serialize(entry, saved))

    @router.post("", operation_id=f"{entry.name}_add", response={201: dict, **refused})
    def add(request, payload: body):
        demand(request.user, entry.capability("add"))
        return write(request, payload)

    @router.patch("/{pk}", operation_id=f"{entry.name}_change", response={200: dict, **refused})
    def change(request, pk: str, payload: body):
        demand(request.user, entry.capability("change"))
        return write(request, payload, record_of(request, pk))

    @router.delete("/{pk}", operation_id=f"{entry.name}_delete", response={204: None, **refused})
    def remove(request, pk: str):
        demand(request.user, entry.capability("delete"))
        delete_record(ledger=entry, actor=request.user, record=record_of(request, pk))
        return Status(204, None)

    return router


for _entry in ledgers():
    api.add_router(f"/{_entry.name}", router_of(_entry))
