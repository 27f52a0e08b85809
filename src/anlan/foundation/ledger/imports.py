"""Import a table into a ledger: dry run, a problem for each bad row, good rows saved, nothing lost."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from anlan.foundation.accounts.models import User
from anlan.foundation.jobs.queue import job
from anlan.foundation.ledger.exchange import read_table, titles
from anlan.foundation.ledger.forms import RecordForm, form_class, unsaid
from anlan.foundation.ledger.registry import Ledger, ledger
from anlan.foundation.ledger.writing import save_many
from anlan.foundation.places.geometry import read_line, write_line
from anlan.science.geo.coordinates import bd09_to_wgs84, gcj02_to_wgs84

#: Rows written in one transaction.
CHUNK = 500
#: Problems kept for the page; all are in the file of refused rows.
SHOWN = 200
DATUMS = {"wgs84": None, "gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


@dataclass
class Outcome:
    """What an import did or would do."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[dict] = field(default_factory=list)
    #: Refused rows as they came, with the reason, for the file that goes back to the person.
    refused_rows: list[dict] = field(default_factory=list)

    def refuse(self, number: int, row: dict, reasons: dict[str, str]) -> None:
        self.refused += 1
        text = "；".join(f"{title}：{reason}" if title else reason for title, reason in reasons.items())
        self.refused_rows.append(row | {"": number, _("问题"): text})
        if len(self.problems) < SHOWN:
            self.problems.append({"row": number, "fields": reasons})


class Import:
    """One run over one file."""

    def __init__(self, ledger: Ledger, user: User, datum: str = "wgs84"):
        self.ledger, self.user, self.datum = ledger, user, datum
        self.form = form_class(ledger)
        self.names = {title: name for name, title in titles(ledger).items()} | {n: n for n in ledger.form_fields}
        self.choices = {
            f.name: {str(label): value for value, label in f.flatchoices}
            for f in ledger.model._meta.fields
            if f.choices and f.name in ledger.form_fields
        }
        self.flags = {f.name for f in ledger.model._meta.fields if isinstance(f, models.BooleanField)}
        self.cache: dict = {}
        self.seen: dict[str, int] = {}
        #: Good rows of the file so far, of a register whose rows must not overlap.
        self.beside: list[models.Model] | None = [] if hasattr(ledger.model, "beside") else None
        self.outcome = Outcome()

    def run(self, path: Path, *, save: bool, progress=None) -> Outcome:
        """Read the file and, if `save`, write the good rows chunk by chunk."""
        rows = list(read_table(path))
        if rows and (missing := self._missing(rows[0])):
            raise ValidationError(_("文件缺少列：%(columns)s。请下载模板对照列名。") % {"columns": "、".join(missing)})
        for start in range(0, len(rows), CHUNK):
            self._chunk(rows[start : start + CHUNK], save)
            if progress:
                progress(min(start + CHUNK, len(rows)), len(rows))
        return self.outcome

    def _missing(self, row: dict) -> list[str]:
        present = {self.names.get(title) for title in row}
        needed = [self.ledger.key] if self.ledger.key in self.ledger.form_fields else []
        return [titles(self.ledger)[name] for name in needed if name not in present]

    def _chunk(self, rows: list[dict], save: bool) -> None:
        keys = [self._values(row).get(self.ledger.key, "") for row in rows]
        manager = self.ledger.model._default_manager
        existing = {
            str(getattr(r, self.ledger.key)): r
            for r in manager.filter(**{f"{self.ledger.key}__in": [k for k in keys if k]})
        }
        visible = set(
            self.ledger.rows(self.user).filter(pk__in=[r.pk for r in existing.values()]).values_list("pk", flat=True)
        )
        created, changed = [], []
        for row, key in zip(rows, keys, strict=True):
            record = existing.get(key)
            form = self._valid_form(row, key, record, visible)
            if form is None:
                continue
            if record is None:
                created.append(form.instance)
            elif form.has_changed():
                changed.append(form.instance)
            else:
                self.outcome.unchanged += 1
        self.outcome.created += len(created)
        self.outcome.changed += len(changed)
        if save and (created or changed):
            save_many(
                ledger=self.ledger,
                actor=self.user,
                created=created,
                changed=changed,
                action=f"{self.ledger.name}.import",
            )

    def _values(self, row: dict) -> dict:
        values = {}
        for title, text in row.items():
            name = self.names.get(title)
            if name is None or not title:
                continue
            if name in self.choices:
                text = self.choices[name].get(text, text)
            elif name in self.flags:
                text = "" if text in ("", "否", "0", "false", "False", "no", "No") else "on"
            values[name] = text
        return values

    def _valid_form(self, row: dict, key: str, record: models.Model | None, visible: set) -> RecordForm | None:
        number = row[""]
        if key and key in self.seen:
            reason = _("与第 %(row)s 行重复") % {"row": self.seen[key]}
        elif record is not None and record.pk not in visible:
            reason = _("这条记录不在您的管辖范围内")
        elif not self.ledger.may(self.user, "add" if record is None else "change"):
            reason = _("您的岗位不能新增") if record is None else _("您的岗位不能修改")
        else:
            reason = ""
        if reason:
            self.outcome.refuse(number, row, {titles(self.ledger).get(self.ledger.key, ""): reason})
            return None
        self.seen[key] = number
        values, labels = self._values(row), titles(self.ledger)
        reasons = self._convert_position(values)
        names = tuple(n for n in self.ledger.form_fields if n in values) if record is not None else ()
        if record is None:
            values |= unsaid(self.ledger, values)
        form = form_class(self.ledger, names)(values, user=self.user, cache=self.cache, instance=record)
        if self.beside is not None:
            form.instance.beside = self.beside
        if form.is_valid() and not self.ledger.holds(self.user, form.instance):
            reasons[labels.get("area", "")] = _("不在您的管辖范围内")
        if reasons or not form.is_valid():
            for name, errors in form.errors.items():
                reasons.setdefault(labels.get(name, ""), " ".join(errors))
            self.outcome.refuse(number, row, reasons)
            return None
        if self.beside is not None:
            form.instance.row_number = number
            self.beside.append(form.instance)
        return form

    def _convert_position(self, values: dict) -> dict[str, str]:
        convert = DATUMS[self.datum]
        if convert and values.get("lon") and values.get("lat"):
            try:
                lon, lat = convert(float(values["lon"]), float(values["lat"]))
            except ValueError:
                return {
                    str(_("经度")): _("“%(lon)s, %(lat)s”不是数字。") % {"lon": values["lon"], "lat": values["lat"]}
                }
            values["lon"], values["lat"] = f"{float(lon):.7f}", f"{float(lat):.7f}"
        if convert and self.ledger.is_line and values.get("line"):
            try:
                line = read_line(values["line"])
            except ValidationError:
                return {}  # the form tells what is wrong with it
            values["line"] = write_line(
                shapely.transform(line, lambda xy: np.column_stack(convert(xy[:, 0], xy[:, 1])))
            )
        return {}


@job
def import_table(*, progress, ledger_name: str, user_id: int, path: str, datum: str, save: bool) -> dict:
    """Run an import as a job; the result is what the page shows."""
    run = Import(ledger(ledger_name), User.objects.get(pk=user_id), datum)
    try:
        outcome = run.run(Path(path), save=save, progress=progress)
    except ValidationError as error:
        return {"ledger": ledger_name, "refused_file": " ".join(error.messages)}
    refused = ""
    if outcome.refused_rows:
        refused = f"{path}.refused.csv"
        _write_refused(Path(refused), outcome.refused_rows)
    return {
        "ledger": ledger_name,
        "path": path,
        "datum": datum,
        "created": outcome.created,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "refused": outcome.refused,
        "problems": outcome.problems,
        "refused_file_path": refused,
        "saved": save,
    }


def _write_refused(path: Path, rows: list[dict]) -> None:

    columns = [c for c in rows[0] if c]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [_("行号"), *columns], extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, _("行号"): row[""]} for row in rows)
