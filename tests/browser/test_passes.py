"""The checkpoint's script says what the server says, and a checkpoint works without a network."""

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anlan.areas.transport.passes.rules import judge, tidy_code, tidy_plate
from anlan.areas.transport.passes.token import Claims, TokenError, UnknownKey, WrongSignature, decode, encode
from tests.browser.conftest import PHONE, switch_off

pytestmark = pytest.mark.browser
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
NOW = datetime(2026, 8, 1, 4, 0, tzinfo=UTC)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
#: Checks each of `[text, at, area, plate seen]` with the browser's own signatures and with the library's.
SCRIPT = """async ([pack, questions]) => {
  const { check, tidyPlate, tidyCode } = await import("/static/js/passes/token.js");
  const library = "/static/vendor/noble-ed25519/index.js";
  const ask = async () => { const found = []; for (const [text, at, area, plateSeen] of questions)
    found.push((await check(text, pack, { at, area, plateSeen }, library)).outcome); return found; };
  const own = await ask();
  crypto.subtle.importKey = () => Promise.reject(new Error("no Ed25519"));
  return { own, library: await ask(), plates: questions.map(([, , , seen]) => tidyPlate(seen)), codes: questions.map(([text]) => tidyCode(text)) };
}"""


def verify(kid, signature, body):
    if kid not in ("00000001", "00000002"):
        return None
    try:
        KEY.public_key().verify(signature, body)
    except InvalidSignature:
        return False
    return True


def drawn(dice: random.Random) -> tuple[str, datetime, str, str]:
    """A code, perhaps altered, foreign or no code at all, and the circumstances of its check."""
    start = NOW + timedelta(minutes=dice.randint(-3000, 60))
    claims = Claims(
        key=dice.choice(["00000001", "00000001", "00000001", "00000002", "ffffffff"]), serial=dice.randint(0, 6),
        valid_from=start, valid_until=start + timedelta(minutes=dice.choice([60, 1440, 4000])), is_free=dice.random() < 0.5,
        is_priority=True, is_exercise=dice.random() < 0.2, category=dice.randrange(5), vehicle_kind=dice.randrange(7),
        areas=tuple(dice.sample(["371500", "371502", "371526", "370000", "371581"], dice.randint(1, 3))),
        plate=dice.choice(["鲁P12345", "鲁P6789挂", "演A0001P", "𠮷P1"]),
    )  # fmt: skip
    text = encode(claims, KEY.sign)
    fate = dice.random()
    if fate < 0.2:
        at = dice.randrange(len(text))
        text = text[:at] + dice.choice(LETTERS) + text[at + 1 :]
    elif fate < 0.25:
        text = text[: dice.randrange(4, len(text))]
    elif fate < 0.3:
        text = "LCP:" + "".join(dice.choices(LETTERS, k=dice.randint(0, 160)))
    seen = dice.choice(["", "", claims.plate, " 鲁p·12345 ", "鲁Ｐ１２３４５"])
    return text, NOW, dice.choice(["", "371526", "371526105", "371502", "371581001"]), seen


def told(text: str, area: str, seen: str, revoked: dict[int, datetime]) -> str:
    try:
        claims = decode(text, verify)
    except UnknownKey:
        return "unknown_key"
    except WrongSignature:
        return "forged"
    except TokenError:
        return "unreadable" if text.startswith("LCP:") else "unlisted"
    return judge(claims, at=NOW, area_code=area, plate_seen=seen, revoked_keys={"00000002"}, revoked=revoked)


def test_script_and_server_agree_on_every_code(sign_in):
    dice = random.Random(20260801)
    cases = [drawn(dice) for _ in range(600)]
    revoked = {3: NOW - timedelta(hours=1), 4: NOW + timedelta(hours=1)}
    pack = {
        "keys": [{"kid": kid, "public": PUBLIC, "is_revoked": kid == "00000002"} for kid in ("00000001", "00000002")],
        "revoked": {str(serial): at.isoformat() for serial, at in revoked.items()}, "passes": [],
    }  # fmt: skip
    questions = [[text, at.timestamp() * 1000, area, seen] for text, at, area, seen in cases]
    page = sign_in("jiaojing")
    found = page.evaluate(SCRIPT, [pack, questions])
    expected = [told(text, area, seen, revoked) for text, _at, area, seen in cases]
    assert found["own"] == expected
    assert found["library"] == expected
    assert found["plates"] == [tidy_plate(seen) for *_rest, seen in cases]
    assert found["codes"] == [tidy_code(text) for text, *_rest in cases]
    assert set(expected) == {
        "valid", "expired", "early", "revoked", "key_revoked", "unknown_key", "forged", "unreadable", "wrong_plate",
        "outside_area", "unlisted",
    }  # fmt: skip


def test_a_checkpoint_works_without_a_network_and_counts_once(sign_in):
    office = sign_in("jiaojing")
    office.goto("/passes/")
    office.locator("section", has_text="有效和未到时间").locator("a", has_text="演A0005P").click()
    short = office.locator(".pass-short").inner_text()
    drawing = office.locator(".pass-head svg").screenshot()
    phone = sign_in("jiaojing", viewport=PHONE, has_touch=True, is_mobile=True)
    phone.goto("/field/check/")
    phone.get_by_text(re.compile("有效 [0-9]+ 张")).wait_for()
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.get_by_text("查验记录已全部上传").wait_for()
    phone.locator("#checkpoint").select_option(index=1)
    switch_off(phone)
    phone.reload()
    phone.get_by_text("清单").first.wait_for()
    phone.set_input_files("#photo", {"name": "pass.png", "mimeType": "image/png", "buffer": drawing})
    phone.locator("#result-plate", has_text="演A0005P").wait_for()
    assert phone.locator("#result").get_attribute("data-tone") == "yes"
    phone.get_by_role("button", name="车牌不符").click()
    phone.fill("#plate-seen", "演A9999P")
    phone.get_by_role("button", name="确定").click()
    phone.locator("#result-word", has_text="车牌不符").wait_for()
    phone.get_by_role("button", name="不放行").click()
    phone.get_by_text("待上传 1 条").wait_for()
    phone.fill("#typed", short.lower())
    phone.locator("#typed").press("Enter")
    phone.get_by_role("button", name="车牌一致，放行").click()
    phone.get_by_text("待上传 2 条").wait_for()
    phone.context.set_offline(False)
    phone.locator("#list-update").click()
    phone.get_by_text("查验记录已全部上传").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    office.reload()
    lines = office.locator("section", has_text="查验记录").locator("li")
    assert lines.count() == 2
    assert lines.filter(has_text="车牌不符").filter(has_text="未放行").count() == 1
