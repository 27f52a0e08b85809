"""`anlan decode`: a JSON object a line, whatever the line."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

from anlan.cli import main


def decode(monkeypatch, capsys, protocol: str, *lines: str) -> list[dict]:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("\n".join(lines).encode())))
    assert main(["decode", protocol]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("protocol", ["sl651", "hj212", "jt809"])
def test_every_real_frame_is_read_or_refused_as_its_source_says(monkeypatch, capsys, shared, protocol):
    vectors = json.loads((shared / "vectors" / f"{protocol}.json").read_text("utf-8"))
    lines = [v.get("hex") or v["text"].replace("\r", "\\r").replace("\n", "\\n") for v in vectors]
    found = decode(monkeypatch, capsys, protocol, *lines)
    assert len(found) == len(vectors)
    assert [("error" not in one) for one in found] == [v["valid"] for v in vectors]


def test_garbage_gives_an_error_and_the_next_line_is_read(monkeypatch, capsys):
    garbage, good = decode(
        monkeypatch, capsys, "hj212", "\x01\x02 nothing",
        r"##0059QN=20160801085857223;ST=91;CN=9014;PW=1;MN=2;Flag=4;CP=&&&&B981\r\n",
    )  # fmt: skip
    assert list(garbage) == ["error"]
    assert good["CN"] == "9014"
