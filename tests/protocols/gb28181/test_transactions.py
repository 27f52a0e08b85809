"""Retransmission by RFC 3261 17, answers kept for requests that come again."""

from datetime import datetime, timedelta

from anlan.protocols.gb28181.bodies import Query
from anlan.protocols.gb28181.exchange import Agent, Party, respond
from anlan.protocols.gb28181.sdp import Session
from anlan.protocols.gb28181.transactions import Final, Send, Source, Transactions

NOW = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
CAMERA = Party("37152600001320000001", "10.0.0.64")
PLACE = Source("10.0.0.64", 5060)
AGENT = Agent(Party("37150000002000000001", "10.0.0.1"), seed="test")


def query() -> object:
    return AGENT.command(CAMERA, Query(cmd_type="Catalog", sn=1, device_id=CAMERA.code))


def invite() -> object:
    return AGENT.invite(CAMERA, Session(owner="1", address="10.0.0.9", port=30000))


def sends(transactions: Transactions) -> list[float]:
    """The seconds after which things happen until nothing waits."""
    found, moment = [], NOW
    while (moment := transactions.next_tick() or NOW) != NOW:
        found += [(moment - NOW).total_seconds() for _ in transactions.tick(moment)]
    return found


def test_a_message_over_udp_is_sent_again_until_32_seconds() -> None:
    transactions = Transactions()
    transactions.ask(query(), PLACE, NOW)  # type: ignore[arg-type]
    assert sends(transactions) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5, 32]


def test_an_invite_doubles_its_pauses() -> None:
    transactions = Transactions()
    transactions.ask(invite(), PLACE, NOW)  # type: ignore[arg-type]
    assert sends(transactions) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 32]


def test_tcp_sends_once() -> None:
    transactions = Transactions()
    transactions.ask(query(), Source("10.0.0.64", 5060, "TCP"), NOW)  # type: ignore[arg-type]
    assert sends(transactions) == [32]


def test_ringing_stops_an_invite_and_gives_it_time() -> None:
    transactions, request = Transactions(), invite()
    transactions.ask(request, PLACE, NOW)  # type: ignore[arg-type]
    assert transactions.take(respond(request, 100), NOW) is None  # type: ignore[arg-type]
    assert sends(transactions) == [180]


def test_the_answer_ends_the_request_once() -> None:
    transactions, request = Transactions(), query()
    transactions.ask(request, PLACE, NOW)  # type: ignore[arg-type]
    response = respond(request, 200, tag="1")  # type: ignore[arg-type]
    final = transactions.take(response, NOW)
    assert isinstance(final, Final)
    assert (final.status, final.response) == (200, response)
    assert transactions.take(response, NOW) is None
    assert transactions.next_tick() is None


def test_a_repeated_request_gets_the_same_answer_for_32_seconds() -> None:
    transactions = Transactions()
    request = Agent(CAMERA, seed="c").command(Party("1", "10.0.0.1"), Query(cmd_type="Catalog", sn=1, device_id="1"))
    first = transactions.answer(request, respond(request, 200, tag="1"), PLACE, NOW)
    again = transactions.repeat(request, Source("10.0.0.64", 6000))
    assert again == Send(first.data, Source("10.0.0.64", 6000))
    assert transactions.repeat(request, Source("10.0.0.65", 5060)) is None
    transactions.tick(NOW + timedelta(seconds=33))
    assert transactions.repeat(request, PLACE) is None


def test_kept_answers_are_bounded() -> None:
    transactions = Transactions(limit=2)
    agent = Agent(CAMERA, seed="c")
    requests = [agent.command(Party("1", "10.0.0.1"), Query(cmd_type="Catalog", sn=1, device_id="1")) for _ in range(3)]
    for request in requests:
        transactions.answer(request, respond(request, 200), PLACE, NOW)
    assert [transactions.repeat(request, PLACE) is None for request in requests] == [True, False, False]
