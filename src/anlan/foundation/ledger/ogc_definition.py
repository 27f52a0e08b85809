"""The OpenAPI 3.0 definition of the OGC API: every path that a caller may read, each parameter, each answer."""

from typing import Any

import django_filters
from django.utils.translation import gettext as _

from anlan.foundation.ledger.filters import filterset
from anlan.foundation.ledger.registry import Ledger

#: Statuses that any operation may answer beside 200.
REFUSALS = {"400": "InvalidParameter", "401": "Unauthorized", "404": "NotFound"}


def _query(name: str, text: str, **schema: object) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": text,
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def _schema(one: django_filters.Filter) -> dict[str, Any]:
    """What a filter takes; of a choice, its values."""
    if isinstance(one, django_filters.ChoiceFilter) and not isinstance(one, django_filters.ModelChoiceFilter):
        return {"type": "string", "enum": [str(value) for value, _title in one.field.choices if value != ""]}
    return {"type": "string"}


def _get(name: str, title: str, kind: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": title}
    answer["content"] = {kind: {"schema": {"type": "object"}}, "text/html": {"schema": {"type": "string"}}}
    refused = {status: {"$ref": f"#/components/responses/{code}"} for status, code in REFUSALS.items()}
    return {
        "get": {
            "operationId": name,
            "summary": title,
            "parameters": [_query("f", _("格式"), type="string", enum=["json", "html"]), *parameters],
            "responses": {"200": answer} | refused,
        }
    }


def definition(root: str, entries: list[Ledger], *, limit: int, most: int, systems: list[str]) -> dict[str, Any]:
    """The whole definition; paths are below the root, where conformance suites look for them."""
    kind, features = "application/json", "application/geo+json"
    crs = _query("crs", _("坐标的参考系"), type="string", format="uri", enum=systems, default=systems[0])
    paging = [
        _query("limit", _("一页的要素数"), type="integer", minimum=1, maximum=most, default=limit),
        _query("after", _("上一页最后一个要素；由 next 链接给出"), type="string"),
        _query("bbox", _("范围"), type="array", minItems=4, maxItems=6, items={"type": "number"}),
        _query("bbox-crs", _("范围的参考系"), type="string", format="uri", enum=systems, default=systems[0]),
        _query("datetime", _("台账修改的时刻、日期或时段"), type="string"),
        crs,
    ]
    fid = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/": _get("landing", _("入口"), kind),
        "/api": _get("api", _("接口定义"), "application/vnd.oai.openapi+json;version=3.0"),
        "/conformance": _get("conformance", _("符合的标准类"), kind),
        "/collections": _get("collections", _("图层"), kind),
    }
    for entry in entries:
        base, title = f"/collections/{entry.name}", str(entry.title)
        # Of its own, since fields that a filter makes stay with it.
        chosen = filterset(entry.name)(queryset=entry.model._default_manager.none()).filters
        filters = [_query(name, str(one.label or name), **_schema(one)) for name, one in chosen.items()]
        paths |= {
            base: _get(f"{entry.name}.collection", title, kind),
            f"{base}/items": _get(f"{entry.name}.items", title, features, *paging, *filters),
            f"{base}/items/{{featureId}}": _get(f"{entry.name}.item", title, features, fid, crs),
        }
    problem = {"type": "object", "properties": {"code": {"type": "string"}, "description": {"type": "string"}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "安澜 Anlan · OGC API Features", "version": "1.0"},
        "servers": [{"url": root}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                code: {"description": code, "content": {"application/json": {"schema": problem}}}
                for code in REFUSALS.values()
            },
        },
        "security": [{"token": []}],
    }
