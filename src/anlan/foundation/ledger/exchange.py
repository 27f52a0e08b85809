"""Tables in and out: CSV and XLSX with the ledger's own column titles, GeoJSON with the names of its fields."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import BadZipFile

import shapely
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from anlan.foundation.ledger.forms import key_of
from anlan.foundation.ledger.records import SecretField
from anlan.foundation.ledger.registry import Ledger

#: More rows than this are refused; the message says to split the file.
MOST_ROWS = 500_000
#: Characters that make a spreadsheet program run a cell as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def titles(ledger: Ledger) -> dict[str, str]:
    """Column title by field name, as in the template and the export."""
    return {name: str(ledger.model._meta.get_field(name).verbose_name) for name in ledger.form_fields}


def cell(record: models.Model, name: str) -> object:
    """A field's value as a table shows it: references by key, choices by label, times in local time."""
    field = record._meta.get_field(name)
    value = getattr(record, name)
    if value is None or isinstance(field, SecretField):
        return ""
    if isinstance(field, models.ForeignKey):
        return str(getattr(value, key_of(type(value))))
    if field.choices:
        return str(getattr(record, f"get_{name}_display")())
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(field, models.DateTimeField):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    return value if isinstance(value, int | float) else str(value)


def shown(record: models.Model, name: str) -> object:
    """A field's value as a page shows it: references by name, times in local time, unknown as a dash."""
    field = record._meta.get_field(name)
    value = getattr(record, name)
    if isinstance(field, models.ForeignKey):
        return str(value) if value is not None else "—"
    if isinstance(field, SecretField) and value:
        return _("已设置")
    text = cell(record, name)
    return "—" if text == "" else text[:16] if isinstance(field, models.DateTimeField) else text


def write_csv(ledger: Ledger, records: Iterable[models.Model]) -> Iterator[bytes]:
    """A CSV file in pieces, UTF-8 with the mark that spreadsheet programs need."""
    names = titles(ledger)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(names.values())
    yield b"\xef\xbb\xbf"
    for number, record in enumerate(records):
        writer.writerow([defused(cell(record, name)) for name in names])
        if number % 500 == 499:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(ledger: Ledger, records: Iterable[models.Model], file) -> None:
    """An XLSX file, written row by row."""
    names = titles(ledger)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(ledger.title)[:31])
    sheet.append(list(names.values()))
    for record in records:
        sheet.append([defused(cell(record, name)) for name in names])
    book.save(file)


def defused(value: object) -> object:
    """A value that a spreadsheet program shows and never runs as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV, XLSX or GeoJSON file as text by column title; ValidationError when it is none of them."""
    rows = READERS[path.suffix.lower()](path)
    header = [str(value or "").strip() for value in next(rows, [])]
    if not any(header):
        raise ValidationError(_("文件是空的：第一行应当是列名。请下载模板对照。"))
    for number, values in enumerate(rows):
        if number >= MOST_ROWS:
            raise ValidationError(_("文件超过 %(most)s 行，请拆分后导入。") % {"most": MOST_ROWS})
        texts = [_text(value) for value in values]
        if any(texts):
            yield dict(zip(header, texts, strict=False)) | {"": number + 2}


def _text(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ") if hasattr(value, "hour") and hasattr(value, "year") else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _xlsx_rows(path: Path) -> Iterator[Iterable[object]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise ValidationError(_("这不是有效的 XLSX 文件，请用表格软件重新保存。")) from error
    yield from book.active.iter_rows(values_only=True)


def _csv_rows(path: Path) -> Iterator[list[str]]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        yield from csv.reader(io.StringIO(text))
        return
    raise ValidationError(_("看不懂文件的编码：请保存为 UTF-8 或 GBK 编码的 CSV，或 XLSX。"))


def _geojson_rows(path: Path) -> Iterator[Iterable[object]]:
    """The properties of each feature, and its geometry as `lon` and `lat`, or as `line` in WKT (RFC 7946)."""
    refused = ValidationError(_("这不是有效的 GeoJSON：应当是 FeatureCollection，每个要素是一个点或一条线。"))
    try:
        features = json.loads(path.read_bytes().decode("utf-8-sig"))["features"]
        rows = [(one.get("properties") or {}) | _placed(one.get("geometry")) for one in features]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, shapely.errors.ShapelyError):
        raise refused from None
    header = list(dict.fromkeys(name for row in rows for name in row))
    yield header
    yield from ([row.get(name) for name in header] for row in rows)


def _placed(geometry: dict | None) -> dict[str, object]:
    if not geometry:
        return {}
    if geometry["type"] == "Point":
        return {"lon": geometry["coordinates"][0], "lat": geometry["coordinates"][1]}
    return {"line": shapely.geometry.shape(geometry).wkt}


#: How a file is read, by its suffix.
READERS = {".csv": _csv_rows, ".xlsx": _xlsx_rows, ".geojson": _geojson_rows, ".json": _geojson_rows}
