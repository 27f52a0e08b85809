"""Answers, requests, messages in several packets."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.hj212 import (
    SHANGHAI,
    HJ212Error,
    Message,
    Reassembler,
    acknowledge,
    decode,
    encode,
    report_execution,
    request,
    split,
)
from anlan.protocols.hj212.codes import COMMANDS
from anlan.protocols.hj212.messages import parse

HEAD = "QN=20160801085857223;ST=32;CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag={flag};CP=&&{cp}&&"
MOMENT = datetime(2016, 8, 1, 8, 58, 57, 223000, tzinfo=SHANGHAI)
SITE = {"st": "32", "mn": "010000A8900016F000169DC0", "pw": "123456", "qn": MOMENT}


def said(raw: bytes | None) -> str | None:
    return raw and raw[6:-6].decode()


def answer_to(cn: str, cp: str = "", flag: int = 5, **options: int) -> str | None:
    return said(acknowledge(parse(HEAD.format(cn=cn, cp=cp, flag=flag).encode()), **options))


def interaction(cn: str, cp: str = "", flag: int = 4) -> str:
    return HEAD.format(cn=cn, cp=cp, flag=flag).replace("ST=32", "ST=91")


class TestAcknowledge:
    def test_data_is_answered_with_9014(self) -> None:
        for cn in ("2011", "2021", "2031", "2041", "2051", "2061"):
            assert answer_to(cn, "DataTime=20160801085857;w01018-Rtd=50.1") == interaction("9014")
        assert answer_to("2081", "DataTime=20160801085857;RestartTime=20160801085624") == interaction("9014")
        assert answer_to("3019", "PolId=w01018;w01018-SN=010000A8900016F000169DC0") == interaction("9014")
        assert answer_to("3015", "DataTime=20160801085857;VaseNo=1") == interaction("9014")
        assert answer_to("1011", "PolId=w01018;SystemTime=20160801085857") == interaction("9014")

    def test_a_request_is_answered_with_9011(self) -> None:
        assert answer_to("2011") == interaction("9011", "QnRtn=1")
        assert answer_to("1012", "PolId=w01018;SystemTime=20160801085857") == interaction("9011", "QnRtn=1")
        assert answer_to("2031", "BeginTime=20160801000000;EndTime=20160801000000", result=3) == interaction(
            "9011", "QnRtn=3"
        )

    def test_a_notice_is_answered_with_9013(self) -> None:
        for cn in ("1013", "2012", "2022", "9015"):
            assert answer_to(cn) == interaction("9013")

    def test_nobody_is_answered_who_does_not_wait(self) -> None:
        assert answer_to("2011", "DataTime=20160801085857;w01018-Rtd=50.1", flag=4) is None
        assert answer_to("9014") is None
        assert answer_to("9011", "QnRtn=1") is None

    def test_data_that_was_not_taken_is_not_answered(self) -> None:
        assert answer_to("2011", "DataTime=20160801085857;w01018-Rtd=50.1", result=100) is None

    def test_unknown_commands_are_answered_by_what_they_carry(self) -> None:
        assert answer_to("2062", "DataTime=20160801085857;w01018-Avg=1") == interaction("9014")
        assert answer_to("4711", "Ask=1", result=8) == interaction("9011", "QnRtn=8")

    def test_the_version_of_the_question_is_kept(self) -> None:
        assert answer_to("2011", "DataTime=20160801085857;w01018-Rtd=1", flag=9) == interaction("9014", flag=8)

    def test_2005_is_answered_in_the_form_of_2005(self) -> None:
        assert answer_to("1062", "RtdInterval=30", flag=3) == (
            "ST=91;CN=9011;PW=123456;MN=010000A8900016F000169DC0;Flag=0;CP=&&QN=20160801085857223;QnRtn=1&&"
        )
        assert answer_to("2051", "DataTime=20160801085857;B01-Avg=1", flag=1) == (
            "ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=0;CP=&&QN=20160801085857223;CN=2051&&"
        )

    def test_execution_is_reported(self) -> None:
        asked = parse(HEAD.format(cn="3012", cp="PolId=w01018", flag=5).encode())
        assert said(report_execution(asked, result=100)) == interaction("9012", "ExeRtn=100")


class TestRequest:
    EXAMPLES = [
        ("1000", {"OverTime": 5, "ReCount": 3}, "OverTime=5;ReCount=3"),
        ("1011", {"PolId": "w01018"}, "PolId=w01018"),
        (
            "1012",
            {"PolId": "w01018", "SystemTime": "20160801085857"},
            "PolId=w01018;SystemTime=20160801085857",
        ),
        ("1061", {}, ""),
        ("1062", {"RtdInterval": 30}, "RtdInterval=30"),
        ("1063", {}, ""),
        ("1064", {"MinInterval": 10}, "MinInterval=10"),
        ("1072", {"NewPW": "654321"}, "NewPW=654321"),
        ("2011", {}, ""),
        ("2012", {}, ""),
        ("2021", {}, ""),
        ("2022", {}, ""),
        (
            "2031",
            {"BeginTime": "20160801000000", "EndTime": "20160802000000"},
            "BeginTime=20160801000000;EndTime=20160802000000",
        ),
        ("3011", {"PolId": "w01018"}, "PolId=w01018"),
        ("3012", {"PolId": "w01018"}, "PolId=w01018"),
        ("3013", {"PolId": "w01018"}, "PolId=w01018"),
        ("3014", {"PolId": "w01018"}, "PolId=w01018"),
        ("3015", {}, ""),
        (
            "3016",
            {"PolId": "w01018", "CstartTime": "000000", "Ctime": 2},
            "PolId=w01018;CstartTime=000000;Ctime=2",
        ),
        ("3017", {"PolId": "w01018"}, "PolId=w01018"),
        ("3018", {"PolId": "w01018"}, "PolId=w01018"),
        ("3019", {"PolId": "w01018"}, "PolId=w01018"),
        ("3020", {"PolId": "w01018", "InfoId": "i13004"}, "PolId=w01018;InfoId=i13004"),
        (
            "3021",
            {"PolId": "w01018", "InfoId": "i13004", "i13004_Info": "168.0"},
            "PolId=w01018;InfoId=i13004;i13004-Info=168.0",
        ),
    ]

    @pytest.mark.parametrize(("cn", "parameters", "cp"), EXAMPLES)
    def test_commands_of_the_upper_side(self, cn: str, parameters: dict, cp: str) -> None:
        raw = request(cn, **SITE, **parameters)
        assert said(raw) == HEAD.format(cn=cn, cp=cp, flag=5)
        message = decode(raw)
        assert not message.is_upload
        assert message.wants_acknowledgement

    def test_every_request_of_the_standard_has_an_example(self) -> None:
        asked = {code for code, known in COMMANDS.items() if known.flow in ("request", "notice")}
        same_form_as_2031 = {"2041", "2051", "2061"}
        sent_by_the_site = {"1013", "9015"}
        assert asked - same_form_as_2031 - sent_by_the_site == {cn for cn, _, _ in self.EXAMPLES}

    @pytest.mark.parametrize(
        ("cn", "parameters", "problem"),
        [
            ("4711", {}, "CN=4711 不是上位机的命令"),
            ("9014", {}, "CN=9014 不是上位机的命令"),
            ("1062", {}, "缺少参数 RtdInterval"),
            ("1062", {"RtdInterval": "often"}, "RtdInterval=often 不合格式"),
            ("1062", {"RtdInterval": 30, "Speed": 1}, "没有参数 Speed：可用 RtdInterval"),
            ("2011", {"PolId": "w01018"}, "没有参数 PolId：可用 无"),
            ("1012", {"SystemTime": "2016-08-01"}, "SystemTime=2016-08-01"),
            ("1072", {"NewPW": "a;b"}, "NewPW=a;b"),
            ("3021", {"InfoId": "i13004"}, "缺少参数 -Info"),
        ],
    )
    def test_a_wrong_parameter_is_named(self, cn: str, parameters: dict, problem: str) -> None:
        with pytest.raises(HJ212Error, match=problem):
            request(cn, **SITE, **parameters)


def readings(count: int) -> Message:
    return Message(
        st="31",
        cn="2051",
        mn="A",
        qn="20160801085857223",
        flag="5",
        groups=(
            (("DataTime", "20160801085000"),),
            *(((f"a{index:05d}-Avg", "1.25"), (f"a{index:05d}-Flag", "N")) for index in range(count)),
        ),
    )


class TestPackets:
    def test_a_short_message_stays_whole(self) -> None:
        assert split(readings(3)) == (readings(3),)

    def test_each_packet_can_be_read_by_itself(self) -> None:
        parts = split(readings(100))
        assert [part.packet for part in parts] == [(1, 4), (2, 4), (3, 4), (4, 4)]
        assert {part.flag for part in parts} == {"7"}
        decoded = [decode(encode(part)) for part in parts]
        assert sum(len(part.observations()) for part in decoded) == 100

    def test_a_group_that_fits_no_packet_is_named(self) -> None:
        with pytest.raises(HJ212Error, match="放不下"):
            split(Message(st="21", cn="2011", groups=((("a-Rtd", "1" * 1000),), (("b-Rtd", "1"),))))

    @given(st.integers(1, 120), st.integers(150, 1024), st.randoms(use_true_random=False))
    def test_parts_in_any_order_join(self, count: int, limit: int, random) -> None:  # noqa: ANN001
        whole = readings(count)
        parts = list(split(whole, limit=limit))
        random.shuffle(parts)
        joined = [message for part in parts for message in Reassembler.add(REASSEMBLER, part)]
        assert joined == [whole]

    def test_a_repeated_part_counts_once(self) -> None:
        first, second = split(readings(30), limit=900)
        reassembler = Reassembler()
        assert reassembler.add(first) == []
        assert reassembler.add(first) == []
        assert reassembler.add(second) == [readings(30)]

    def test_parts_without_their_others_are_handed_out(self) -> None:
        first, _ = split(readings(30), limit=900)
        reassembler = Reassembler()
        reassembler.add(first)
        assert reassembler.close() == [first]
        assert reassembler.close() == []

    def test_too_many_pending_sets_give_up_the_oldest(self) -> None:
        reassembler = Reassembler(pending=2)
        found = [
            message
            for index in range(4)
            for message in reassembler.add(Message(st="21", cn="2011", mn=str(index), pnum="2", pno="1"))
        ]
        assert [message.mn for message in found] == ["0", "1"]

    def test_a_set_of_more_packets_than_allowed_is_not_kept(self) -> None:
        part = Message(st="21", cn="2011", pnum="9999", pno="1")
        assert Reassembler().add(part) == [part]


REASSEMBLER = Reassembler(packets=9999)
