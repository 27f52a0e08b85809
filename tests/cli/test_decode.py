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


def test_a_camera_s_keep_alive_is_read_out_of_its_message(monkeypatch, capsys):
    (found,) = decode(
        monkeypatch, capsys, "gb28181",
        r"MESSAGE sip:37150000002000000001@3715000000 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.64;branch=z9hG4bK1\r\n"
        r"From: <sip:37152600001320000001@3715000000>;tag=1\r\nTo: <sip:37150000002000000001@3715000000>\r\n"
        r"Call-ID: 2\r\nCSeq: 3 MESSAGE\r\nContent-Type: Application/MANSCDP+xml\r\n\r\n<Notify><CmdType>Keepalive"
        r"</CmdType><SN>4</SN><DeviceID>37152600001320000001</DeviceID><Status>OK</Status></Notify>\r\n",
    )  # fmt: skip
    assert found["manscdp"]["status"] == "OK"
    assert found["from"]["device"]["type_name"] == "网络摄像机（IPC）"


def test_edxl_is_told_apart_by_the_namespace_of_its_root(monkeypatch, capsys):
    hospitals, unknown = decode(
        monkeypatch, capsys, "edxl",
        '<HospitalStatus xmlns="urn:oasis:names:tc:emergency:EDXL:HAVE:1.0" xmlns:n="urn:oasis:names:tc:ciq:xnl:3">'
        "<Hospital><Organization><OrganizationInformation><n:OrganisationName><n:NameElement>县医院</n:NameElement>"
        "</n:OrganisationName></OrganizationInformation></Organization>"
        "<LastUpdateTime>2019-08-11T06:00:00+08:00</LastUpdateTime></Hospital></HospitalStatus>",
        "<html/>",
    )  # fmt: skip
    assert (hospitals["standard"], len(hospitals["Hospital"])) == ("EDXL-HAVE", 1)
    assert unknown["error"].startswith("html：")
