"""The derived pages of every ledger."""

import secrets
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models.deletion import ProtectedError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.foundation.accounts.access import demand
from anlan.foundation.audit import services as audit
from anlan.foundation.jobs.models import Job
from anlan.foundation.jobs.queue import enqueue
from anlan.foundation.ledger import exchange, layers, registry
from anlan.foundation.ledger.filters import filtered
from anlan.foundation.ledger.forms import form_class, key_of, name_field, visible
from anlan.foundation.ledger.history import changes
from anlan.foundation.ledger.imports import DATUMS, import_table
from anlan.foundation.ledger.ogc import streamed
from anlan.foundation.ledger.writing import delete_record, save_form, why_kept

PAGE = 50


def _ledger(request: HttpRequest, name: str, verb: str = "view") -> registry.Ledger:
    try:
        entry = registry.ledger(name)
    except KeyError:
        raise Http404(_("没有名为“%(name)s”的台账。") % {"name": name}) from None
    if not entry.may(request.user, verb):
        demand(request.user, entry.capability(verb))
        raise PermissionDenied(_("%(title)s由业务流程写入，不能在这里修改。") % {"title": entry.title})
    return entry


def _record(entry: registry.Ledger, request: HttpRequest, pk: str):
    try:
        return get_object_or_404(entry.rows(request.user), pk=pk)
    except (ValueError, ValidationError):
        raise Http404(_("没有这条记录。")) from None


def index(request: HttpRequest) -> HttpResponse:
    """All registers that the user may see."""
    found = [entry for entry in registry.ledgers() if entry.may(request.user, "view")]
    return render(request, "ledger/index.html", {"ledgers": found})


def listing(request: HttpRequest, name: str) -> HttpResponse:
    """The list: filter, search, sort, page, choose columns."""
    entry = _ledger(request, name)
    rows, chosen = filtered(entry, request.user, request.GET)
    order = request.GET.get("sort", "")
    if order.lstrip("-") in entry.columns:
        rows = rows.order_by(order, "pk")
    page = Paginator(rows.select_related(*entry.related()), PAGE).get_page(request.GET.get("page"))
    hidden = set(request.GET.getlist("hide"))
    columns = [entry.model._meta.get_field(c) for c in entry.columns if c not in hidden]
    context = {
        "ledger": entry,
        "page": page,
        "filter": chosen,
        "columns": columns,
        "rows": [(record, entry.url_of(record), [exchange.shown(record, f.name) for f in columns]) for record in page],
        "sort": order,
        "may": {verb: entry.may(request.user, verb) for verb in ("add", "change", "delete", "import", "export")},
    }
    return render(
        request,
        "ledger/list_rows.html" if request.htmx and not request.htmx.boosted else "ledger/list.html",
        context,
    )


def detail(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    """A record: fields, what refers to it, nearby map, history, files."""
    entry = _ledger(request, name)
    record = _record(entry, request, pk)
    if entry.detail_url and not request.GET.get("fields"):
        return redirect(entry.url_of(record))
    names = dict.fromkeys((*entry.form_fields, *entry.columns, "created_at", "updated_at"))
    known = {f.name: f.verbose_name for f in record._meta.concrete_fields}
    fields = [(known[name], exchange.shown(record, name)) for name in names if name in known]
    context = {
        "ledger": entry,
        "record": record,
        "fields": fields,
        "changes": changes(record),
        "related": _related(request, record),
        "actions": [
            a
            for a in entry.actions
            if a.applies(record)
            and (request.user.may(f"act:{entry.name}") or request.user.may(entry.capability("change")))
        ],
        "may": {verb: entry.may(request.user, verb) for verb in ("change", "delete")},
    }
    return render(request, "ledger/detail.html", context)


def _related(request: HttpRequest, record) -> list[tuple[registry.Ledger, list]]:
    found = []
    for relation in record._meta.related_objects:
        entry = registry.ledger_of(relation.related_model)
        if entry and entry.may(request.user, "view"):
            rows = list(entry.rows(request.user).filter(**{relation.field.name: record})[:20])
            if rows:
                found.append((entry, [(row, entry.url_of(row)) for row in rows]))
    return found


def edit(request: HttpRequest, name: str, pk: str = "") -> HttpResponse:
    """Add or change one record; what the address names is filled in beforehand."""
    entry = _ledger(request, name, "change" if pk else "add")
    record = _record(entry, request, pk) if pk else None
    initial = {} if pk else {name: value for name, value in request.GET.items() if name in entry.form_fields}
    form = form_class(entry)(
        request.POST if request.method == "POST" else None, instance=record, user=request.user, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        saved = save_form(ledger=entry, actor=request.user, form=form)
        messages.success(request, _("已保存：%(record)s") % {"record": saved})
        return redirect(entry.url_of(saved))
    status = 422 if request.method == "POST" else 200
    return render(request, "ledger/form.html", {"ledger": entry, "form": form, "record": record}, status=status)


def delete(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    """Ask, then delete a record that nothing points at."""
    entry = _ledger(request, name, "delete")
    record = _record(entry, request, pk)
    if request.method == "POST":
        try:
            delete_record(ledger=entry, actor=request.user, record=record)
        except ProtectedError as error:
            messages.error(request, why_kept(error))
            return redirect(entry.url_of(record))
        messages.success(request, _("已删除：%(record)s") % {"record": record})
        return redirect(entry.list_url())
    return render(request, "ledger/delete.html", {"ledger": entry, "record": record})


@require_POST
def bulk(request: HttpRequest, name: str) -> HttpResponse:
    """Set one field of the selected records, or delete them."""
    entry = _ledger(request, name, "change")
    field = request.POST.get("bulk_field", "")
    records = list(entry.rows(request.user).filter(pk__in=request.POST.getlist("pk")))
    if not records or field not in entry.form_fields or field == entry.key:
        messages.error(request, _("请先勾选记录，再选择要修改的字段。"))
        return redirect(entry.list_url())
    changed = 0
    for record in records:
        form = form_class(entry, (field,))(
            {field: request.POST.get("bulk_value", "")}, instance=record, user=request.user
        )
        if not form.is_valid():
            messages.error(request, f"{record}：{' '.join(form.errors.get(field, form.non_field_errors()))}")
            continue
        if form.has_changed():
            save_form(ledger=entry, actor=request.user, form=form)
            changed += 1
    messages.success(request, _("已修改 %(n)s 条记录。") % {"n": changed})
    return redirect(entry.list_url())


def import_page(request: HttpRequest, name: str) -> HttpResponse:
    """Upload a table, see what would happen, then import it."""
    entry = _ledger(request, name, "import")
    if request.method != "POST":
        return render(request, "ledger/import.html", {"ledger": entry, "columns": exchange.titles(entry)})
    if done := request.POST.get("dry_run_job"):
        tried = _own_job(request, int(done)).result
        path, datum = Path(tried["path"]), tried["datum"]
    else:
        upload = request.FILES.get("file")
        suffix = Path(upload.name).suffix.lower() if upload else ""
        datum = request.POST.get("datum", "wgs84")
        if suffix not in exchange.READERS or datum not in DATUMS:
            messages.error(request, _("请选择 CSV、XLSX 或 GeoJSON 文件。"))
            return redirect("ledger:import", name)
        path = _keep(upload, suffix)
    job = enqueue(
        import_table,
        title=_("导入%(ledger)s") % {"ledger": entry.title},
        owner=request.user,
        ledger_name=entry.name,
        user_id=request.user.pk,
        path=str(path),
        datum=datum,
        save=bool(done),
    )
    return redirect("ledger:job", job.pk)


def _keep(upload, suffix: str) -> Path:
    folder = settings.DATA_DIR / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(8)}{suffix}"
    with path.open("wb") as file:
        for piece in upload.chunks():
            file.write(piece)
    return path


def _own_job(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(Job, pk=pk, owner=request.user)


def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is, and its outcome."""
    job = _own_job(request, pk)
    context = {
        "job": job,
        "ledger": registry.ledger(job.result["ledger"]) if "ledger" in job.result else None,
    }
    return render(request, "ledger/job_body.html" if request.htmx else "ledger/job.html", context)


def refused_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows with their reasons, to be mended and imported again."""
    path = _own_job(request, pk).result.get("refused_file_path")
    if not path:
        raise Http404(_("没有被拒绝的行。"))
    return FileResponse(Path(path).open("rb"), as_attachment=True, filename=f"refused-{pk}.csv")


def template(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """An empty table with the right column titles."""
    return _table(_ledger(request, name, "import"), [], form)


def export(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The filtered rows as CSV, XLSX or GeoJSON; who exported what is audited."""
    entry = _ledger(request, name, "export")
    rows, _chosen = filtered(entry, request.user, request.GET)
    audit.record(
        actor=request.user,
        action=f"{name}.export",
        subject=name,
        details={"rows": rows.count(), "filter": request.GET.dict()},
    )
    joined = [f for f in entry.form_fields if entry.model._meta.get_field(f).is_relation]
    return _table(entry, rows.select_related(*joined).iterator(1000), form)


def _table(entry: registry.Ledger, records, form: str) -> HttpResponse:
    name = f"{entry.name}-{timezone.localdate():%Y%m%d}.{form}"
    if form == "xlsx":
        response = HttpResponse(content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        exchange.write_xlsx(entry, records, response)
    elif form == "csv":
        response = StreamingHttpResponse(exchange.write_csv(entry, records), content_type="text/csv; charset=utf-8")
    elif form == "geojson" and entry.location:
        response = StreamingHttpResponse(
            streamed(entry, {"type": "FeatureCollection"}, records), content_type="application/geo+json"
        )
    else:
        raise Http404(_("可导出 csv、xlsx，有位置的台账还可导出 geojson。"))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def layer(request: HttpRequest, name: str) -> HttpResponse:
    """The ledger as GeoJSON, all or inside ?bbox=west,south,east,north."""
    entry = _ledger(request, name)
    if not entry.location:
        raise Http404(_("这本台账没有位置。"))
    bounds = None
    if text := request.GET.get("bbox"):
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            return JsonResponse({"error": _("bbox 应为：西,南,东,北（度）。")}, status=400)
        bounds = (west, south, east, north)
    return HttpResponse(
        layers.encode(layers.features(entry, request.user, bounds=bounds)),
        content_type="application/geo+json",
    )


def suggest(request: HttpRequest, model: str) -> HttpResponse:
    """Up to 20 records whose key or name matches what is being typed."""
    try:
        found = apps.get_model(model)
    except (LookupError, ValueError):
        raise Http404(model) from None
    entry = registry.ledger_of(found)
    if entry and not entry.may(request.user, "view"):
        raise PermissionDenied
    if entry is None:
        raise Http404(model)
    text = next((value for name, value in request.GET.items() if value and name != "page"), "").strip()
    key, name = key_of(found), name_field(found)
    rows = visible(found, request.user)
    if text:
        first = text.split(maxsplit=1)[0]
        rows = rows.filter(**{f"{key}__startswith": first}) | rows.filter(**{f"{name}__icontains": text})
    options = [f"{getattr(row, key)} {row}" for row in rows[:20]]
    return render(request, "ledger/suggestions.html", {"options": options})


def act(request: HttpRequest, name: str, pk: str, action: str) -> HttpResponse:
    """Run a declared action on a record: show its form, then call its service."""
    entry = _ledger(request, name)
    if not request.user.may(f"act:{name}"):
        demand(request.user, entry.capability("change"))
    record = _record(entry, request, pk)
    chosen = next((a for a in entry.actions if a.name == action), None)
    if chosen is None:
        raise Http404(action)
    form = chosen.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.service(actor=request.user, record=record, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已完成：%(action)s") % {"action": chosen.label})
            return redirect(entry.url_of(record))
    return render(request, "ledger/action.html", {"ledger": entry, "record": record, "action": chosen, "form": form})
