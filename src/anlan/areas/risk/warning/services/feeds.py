"""Ask the registered feeds, take each message in once, and tell the duty officer when a feed fails.

What goes on record is Chinese, whatever language its reader chose.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.risk.warning.fetching import Answer, FetchError, Visitor, fetch, origin
from anlan.areas.risk.warning.models import FeedEntry, WarningSource
from anlan.areas.risk.warning.queries import duty_posts
from anlan.areas.risk.warning.services.warnings import SIZE_LIMIT, Refused, Waiting, receive_warning
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notices
from anlan.foundation.rules.queries import rule
from anlan.protocols import cap

FEED_LIMIT = 8_000_000
#: Entries of a feed that are looked at, and documents that one round fetches; the rest is the next round's.
ENTRIES = 1000
DOCUMENTS = 40
#: Rounds in which an entry's document is asked for before it is given up.
TRIES = 5
#: Seconds for which a round has its source to itself.
LEASE_S = 300
Result = FeedEntry.Result


def claim_due(now: datetime) -> Iterator[WarningSource]:
    """The sources whose time has come, each for one caller only."""
    due = WarningSource.objects.filter(is_enabled=True, next_at__lte=now).exclude(address="")
    for source in due:
        mine = WarningSource.objects.filter(pk=source.pk, next_at=source.next_at)
        if mine.update(next_at=now + timedelta(seconds=LEASE_S)):
            yield source


def poll_source(*, source: WarningSource) -> Counter[str]:
    """One round: ask the feed, take in what is new; how many entries had which result."""
    now = timezone.now()
    counts: Counter[str] = Counter()
    try:
        answer = fetch(
            source.address, _visitor(source), limit=FEED_LIMIT, etag=source.etag, last_modified=source.last_modified
        )
        if not answer.is_unchanged:
            counts = _take_in(source, answer)
    except FetchError as error:
        note_failure(source, now, str(error), retry_after=error.retry_after)
    except cap.CAPError as error:
        note_failure(source, now, f"不能读：{error}")
    else:
        _note_success(source, now, answer, counts)
    return counts


def poll_now(*, actor: User, record: WarningSource) -> None:
    """Ask a source at once, at a person's wish."""
    if not record.address:
        raise ValidationError(_("这个来源没有订阅地址，只接收推送。"))
    WarningSource.objects.filter(pk=record.pk).update(next_at=timezone.now())
    audit.record(actor=actor, action="warningsources.poll", subject=record)


def _visitor(source: WarningSource) -> Visitor:
    return Visitor(hosts=source.hosts, username=source.username, password=source.password, home=origin(source.address))


def _take_in(source: WarningSource, answer: Answer) -> Counter[str]:
    feed = cap.read_feed(answer.body, address=answer.address, limit=FEED_LIMIT)
    if len(feed.entries) > ENTRIES:
        raise cap.CAPError(f"有 {len(feed.entries)} 个条目，超过上限 {ENTRIES}")
    # Feeds begin with the newest; chains are read from their beginning.
    entries = {_key(entry): entry for entry in reversed(feed.entries)}
    kept = {row.key: row for row in source.entries.filter(key__in=entries)}
    counts: Counter[str] = Counter()
    fetched, end = 0, time.monotonic() + LEASE_S / 2
    refused = []
    for key, entry in entries.items():
        row = kept.get(key) or FeedEntry(source=source, key=key)
        if row.pk and (row.result != Result.FAILED or row.tries >= TRIES):
            continue
        if entry.document is None:
            if fetched == DOCUMENTS or time.monotonic() > end:
                counts[Result.FAILED] += 1
                continue
            fetched += 1
        _take_entry(source, entry, row)
        counts[row.result] += 1
        if row.result == Result.REFUSED or (row.result == Result.FAILED and row.tries == TRIES):
            refused.append(row)
    if refused:
        _call_about_entries(source, refused)
    return counts


def _key(entry: cap.Entry) -> str:
    said = (entry.identifier, entry.updated, next(iter(entry.links), ""))
    return hashlib.sha256("\n".join(said).encode() + b"\n" + (entry.document or b"")).hexdigest()


def _take_entry(source: WarningSource, entry: cap.Entry, row: FeedEntry) -> None:
    link = next(iter(entry.links), "")
    row.title, row.link, row.at, row.tries = entry.title[:300], link[:500], timezone.now(), row.tries + 1
    row.result, row.detail = Result.TAKEN, ""
    try:
        if entry.document is None and not link:
            raise Refused(("条目既没有链接，也没有携带消息",))
        document = entry.document or fetch(link, _visitor(source), limit=SIZE_LIMIT).body
        row.warning, is_new = receive_warning(
            actor=f"预警接入源 {source.code}",
            document=document,
            received_from=f"{source.name} {link}".strip(),
            source=source,
        )
        row.result = Result.TAKEN if is_new else Result.KNOWN
    except FetchError as error:
        row.result, row.detail = Result.FAILED, str(error)[:500]
    except Waiting:
        row.result = Result.WAITING
    except Refused as error:
        row.result = Result.ELSEWHERE if error.is_elsewhere else Result.REFUSED
        row.detail = str(error)[:500]
    row.save()


def _note_success(source: WarningSource, now: datetime, answer: Answer, counts: Counter[str]) -> None:
    """The feed answered; while documents of it are missing its marks are not kept, so that it is read again."""
    missing = counts[Result.FAILED]
    WarningSource.objects.filter(pk=source.pk).update(
        etag="" if missing else answer.etag,
        last_modified="" if missing else answer.last_modified,
        checked_at=now,
        succeeded_at=now,
        next_at=timezone.now() + timedelta(seconds=source.interval_seconds),
        failures=0,
        failing_since=None,
        notified_at=None,
        problem=f"{missing} 个条目的消息还没有取到" if missing else "",
    )


def note_failure(source: WarningSource, now: datetime, problem: str, *, retry_after: int = 0) -> None:
    """The feed did not answer: wait longer each time, and call the duty officer once it has lasted."""
    params = rule("warning.sources").params
    longest = params["longest_wait_minutes"] * 60
    wait = min(source.interval_seconds * 2 ** min(source.failures, 16), max(longest, source.interval_seconds))
    since = source.failing_since or now
    WarningSource.objects.filter(pk=source.pk).update(
        checked_at=now,
        next_at=timezone.now() + timedelta(seconds=max(wait, retry_after)),
        failures=F("failures") + 1,
        failing_since=since,
        problem=problem[:300],
    )
    silent = now - since >= timedelta(minutes=params["notify_after_minutes"])
    waiting = WarningSource.objects.filter(pk=source.pk, notified_at=None)
    if silent and waiting.update(notified_at=now):
        start = timezone.localtime(since)
        _call(source, f"预警接入源“{source}”自 {start:%m-%d %H:%M} 起取不到预警", f"{problem}。请用其他渠道核实预警。")


def _call_about_entries(source: WarningSource, rows: list[FeedEntry]) -> None:
    lines = [f"{row.title or row.link}：{row.detail}" for row in rows[:10]]
    _call(source, f"预警接入源“{source}”有 {len(rows)} 条消息未能接收", "\n".join(lines))


def _call(source: WarningSource, title: str, body: str) -> None:
    send_notices(
        [
            {
                "actor": "system",
                "post": post,
                "title": title,
                "body": body,
                "urgency": Notice.Urgency.URGENT,
                "subject": source,
                "area_code": source.area_id,
                "link": f"/registers/warningsources/{source.pk}/",
                "is_exercise": source.is_demo,
            }
            for post in duty_posts([source.area_id])
        ]
    )
