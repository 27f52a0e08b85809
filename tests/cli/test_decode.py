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


@pytest.mark.parametrize(
    "written",
    [
        "7E 7E 00 02 00 00 01 23 45 67 89 00 00 0A 81 7E".replace("7E 7E", "7E"), "7E000200000123456789 00000A817E",
        "0x7e000200000123456789 00000a817e", "0x7E, 0x00, 0x02, 0,0 0x00,0x01,23:45:67:89:00-00-0A 817E",
        '"7e00020000012345678900000a817e"', r"~\x00\x02\x00\x00\x01#Eg\x89\x00\x00\n\x81~",
        "\ufeff7e00020000012345678900000a817e\r",
    ],
)  # fmt: skip
def test_bytes_are_taken_as_tools_write_them(monkeypatch, capsys, written):
    (found,) = decode(monkeypatch, capsys, "jt808", written)
    assert (found["message_id"], found["phone"], found["serial"]) == ("0x0002", "12345678900", 10)


HEARTBEAT = "7e00020000012345678900000a817e"


@pytest.mark.parametrize(
    ("protocol", "line", "keys"),
    [
        ("jt808", HEARTBEAT * 2, ["message_id", "message_id"]),
        ("jt808", f"{HEARTBEAT}{HEARTBEAT[2:]} 0102 7e0002", ["message_id", "message_id", "error", "error"]),
        ("jt808", f"{HEARTBEAT}0102", ["error"]),
        ("sl651", "7e7e00987654321012342f0008027e0822101110074703c3ae" * 2, ["serial", "serial"]),
        ("hj212", r"##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00\r\n" * 3, ["CN", "CN", "CN"]),
        ("mqtt", "d000e0028e00c000", ["packet", "packet", "packet"]),
        ("mqtt", "d000e0028e00f5", ["packet", "packet", "error"]),
        ("mqtt", "d0000005", ["error"]),
    ],
)
def test_a_capture_holds_frames_one_behind_another(monkeypatch, capsys, protocol, line, keys):
    found = decode(monkeypatch, capsys, protocol, line)
    assert len(found) == len(keys)
    assert all(key in one for key, one in zip(keys, found, strict=True))


@pytest.mark.parametrize(
    "content", [bytes.fromhex(HEARTBEAT * 2), f"{HEARTBEAT}\n{HEARTBEAT}\n".encode("utf-16"), f"{HEARTBEAT}\n\n{HEARTBEAT}".encode()]
)  # fmt: skip
def test_files_hold_text_or_the_bytes_themselves(tmp_path, capsys, content):
    file = tmp_path / "capture"
    file.write_bytes(content)
    assert main(["decode", "jt808", str(file)]) == 0
    assert [json.loads(line)["serial"] for line in capsys.readouterr().out.splitlines()] == [10, 10]


@pytest.mark.parametrize(
    "lines",
    [
        ["00000000: 7e00 0200 0001 2345 6789 0000 0a81 7e    ~.....#Eg.|...~"],
        ["00000000  7e 00 02 00 00 01 23 45  67 89 00 00 0a 81 7e     |~.....#Eg.....~|", "0000000f"],
        ["0000   7e 00 02 00 00 01 23 45", "0008   67 89 00 00 0a 81 7e"],
        ["0x0000:  7e00 0200 0001 2345", "0x0008:  6789 0000 0a81 7e"],
    ],
)
def test_dumps_are_joined(monkeypatch, capsys, lines):
    one, other = decode(monkeypatch, capsys, "jt808", *lines, "", *lines)
    assert one == other
    assert one["serial"] == 10


def test_a_frame_that_starts_with_zeros_is_no_dump(monkeypatch, capsys):
    (found,) = decode(monkeypatch, capsys, "modbus", "0000 0000 0006 01 03 0000 0001")
    assert found["transport"] == "TCP"


def test_a_colon_starts_modbus_of_characters(monkeypatch, capsys):
    ascii_, rtu = decode(monkeypatch, capsys, "modbus", ":1103006B00037E", "11:03:00:6B:00:03:76:87")
    assert (ascii_.pop("transport"), rtu.pop("transport")) == ("ASCII", "RTU")
    assert ascii_ == rtu


def test_an_odd_digit_is_named_and_long_lines_take_no_time(monkeypatch, capsys):
    odd, *others = decode(monkeypatch, capsys, "jt808", "7e7", "a" * 2_000_000 + "z", r"\x7e" * 200_000, "0x" * 500_000)
    assert "偶数个" in odd["error"]
    assert all("error" in one for one in others)


def test_a_document_may_take_many_lines_and_a_cut_one_takes_no_other_along(monkeypatch, capsys):
    area = "<area><areaDesc>高唐县</areaDesc></area></info></alert>"
    head = (
        "<identifier>{}</identifier><sender>a@b</sender><sent>2019-08-11T00:30:00+08:00</sent><status>Actual</status>"
        "<msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>暴雨</event>"
        "<urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>"
    )
    root = '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
    one = root + head.format(1) + area
    found = decode(
        monkeypatch, capsys, "cap", one, root + head.format(2), one, "?", '<?xml version="1.0"?>', root,
        *head.format(3).replace("><", ">\n<").splitlines(), area, root, head.format(4), one,
    )  # fmt: skip
    assert [each.get("identifier", "error") for each in found] == ["1", "error", "1", "error", "3", "error", "1"]


def test_a_document_has_a_style_sheet_comments_and_prefixes_as_services_write_it(monkeypatch, capsys):
    """The head is that of the National Weather Service, the prefixes those of the Rural Fire Service of New South Wales."""
    body = """<{0}alert xmlns{1}="urn:oasis:names:tc:emergency:cap:1.2"><{0}identifier>{2}</{0}identifier>
        <{0}sender>a@b</{0}sender><{0}sent>2011-10-05T23:04:00+10:00</{0}sent><{0}status>Actual</{0}status>
        <{0}msgType>Alert</{0}msgType><{0}scope>Public</{0}scope><{0}info><{0}category>Fire</{0}category>
        <{0}event>Fire</{0}event><{0}urgency>Expected</{0}urgency><{0}severity>Minor</{0}severity>
        <{0}certainty>Observed</{0}certainty><{0}parameter><{0}valueName>Resources</{0}valueName>
        <{0}value />
        </{0}parameter></{0}info>
        </{0}alert>"""
    head = ("<?xml version = '1.0' encoding = 'UTF-8' standalone = 'yes'?>", "<?xml-stylesheet href='a.xsl'", "type='text/xsl'?>",
            "<!--", "This index lists <alert> messages", "-->")  # fmt: skip
    lines = [
        *head,
        *body.format("", "", 1).splitlines(),
        *body.format("cap:", ":cap", 2).splitlines(),
        '<alert xmlns="x"/>',
    ]
    first, second, empty = decode(monkeypatch, capsys, "cap", *lines)
    assert [one["identifier"] for one in (first, second)] == ["1", "2"]
    assert second["info"][0]["parameter"] == [{"valueName": "Resources", "value": ""}]
    assert "error" in empty


def test_messages_of_a_broker_and_frames_of_instruments_are_read(monkeypatch, capsys):
    (said,) = decode(monkeypatch, capsys, "mqtt", 'city/well/07 {"level": 3.5}')
    assert said == {"topic": "city/well/07", "payload": {"level": 3.5}}
    tcp, rtu, cut = decode(
        monkeypatch, capsys, "modbus", "00 01 00 00 00 06 11 03 00 6b 00 03", "1103006b00037687", "11"
    )
    assert (tcp["address"], rtu["address"], tcp["transport"], rtu["transport"]) == (107, 107, "TCP", "RTU")
    assert "至少" in cut["error"]


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


def test_messages_of_cameras_are_read_as_logs_print_them(monkeypatch, capsys):
    """A query as DevEntities/gb28181-restreamer has it, its lines ended otherwise than its Content-Length counts."""
    query = (
        "MESSAGE sip:81000000465001800001@192.168.96.1:13199 SIP/2.0", "Call-ID: test-call-id-123", "CSeq: 272 MESSAGE",
        "From: <sip:81000000462001888888@81000000>;tag=test-tag", "To: <sip:81000000465001800001@192.168.96.1:13199>",
        "Via: SIP/2.0/UDP 0.0.0.0:5060;rport;branch=test-branch", "Max-Forwards: 70",
        "Content-Type: Application/MANSCDP+xml", "Content-Length: 153", "", '<?xml version="1.0" encoding="GB2312"?>',
        "<Query>", "<CmdType>Catalog</CmdType>", "<SN>275474</SN>", "<DeviceID>81000000465001800001</DeviceID>", "</Query>",
    )  # fmt: skip
    answer = (
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/UDP 1",
        "From: <sip:1@2>",
        "To: <sip:3@4>",
        "Call-ID: 5",
        "CSeq: 1 BYE",
        "",
    )
    cut = ("BYE sip:1@2 SIP/2.0", "CSeq: 1 BYE")
    found = decode(monkeypatch, capsys, "gb28181", *query, *answer, "A50F010800FA00B7", *cut, *query, "", *query[10:])
    assert [next(iter(one)) for one in found] == ["method", "status", "ptz", "error", "method", "manscdp"]
    for whole in (found[0], found[4], found[5]):
        assert (whole["manscdp"]["cmd_type"], whole["manscdp"]["sn"]) == ("Catalog", 275474)


def test_an_entity_of_sensorthings_may_take_many_lines(monkeypatch, capsys):
    pretty = json.dumps(
        {"name": "井盖 {1}", "description": 'a "b" ]', "properties": {"a": [1]}}, indent=2, ensure_ascii=False
    )
    first, broken, second = decode(monkeypatch, capsys, "sensorthings", *pretty.splitlines(), "?", *pretty.splitlines())
    assert first == second
    assert "error" not in first
    assert "error" in broken


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
