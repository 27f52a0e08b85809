"""Feeds of alerts: which entries they have, where the alerts are, and that carried alerts keep every byte."""

import pytest

from anlan.protocols.cap import NAMESPACE, CAPError, read_feed

ALERT = f"""<alert xmlns="{NAMESPACE}">
  <identifier>37150041600000_20190810120000</identifier><sender >聊城</sender>
  <!-- kept --><status>Actual</status></alert>"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>预警</title>{}</feed>'


def atom(entry: str) -> bytes:
    return ATOM.format(f"<entry><id>1</id><title>暴雨</title><updated>2019-08-10</updated>{entry}</entry>").encode()


def test_an_atom_entry_links_to_its_alert():
    feed = read_feed(
        atom(
            '<link rel="self" href="self.xml"/><link rel="alternate" type="text/html" href="page.html"/>'
            '<link href="perhaps"/><link type="application/cap+xml" href="/cap/1.xml"/>'
        ),
        address="https://weather.example/feeds/all.atom",
    )
    entry = feed.entries[0]
    assert (feed.title, entry.identifier, entry.title, entry.updated) == ("预警", "1", "暴雨", "2019-08-10")
    assert entry.links == ("https://weather.example/cap/1.xml", "https://weather.example/feeds/perhaps")
    assert entry.document is None


def test_an_rss_item_links_by_enclosure_link_or_guid():
    document = b"""<rss version="2.0"><channel><title>t</title>
      <item><guid isPermaLink="false">a</guid><link>https://w.example/a</link>
        <enclosure url="https://w.example/a.cap" type="application/cap+xml" length="3"/>
        <pubDate>Sat, 10 Aug 2019 12:00:00 +0800</pubDate></item>
      <item><guid>https://w.example/b</guid></item></channel></rss>"""
    first, second = read_feed(document).entries
    assert first.links == ("https://w.example/a.cap", "https://w.example/a")
    assert first.updated.startswith("Sat")
    assert (second.identifier, second.links) == ("https://w.example/b", ("https://w.example/b",))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_an_alert_inside_an_entry_is_kept_byte_for_byte(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + ATOM.format(
        f'<entry><id>1</id><content type="application/cap+xml">{ALERT}</content></entry>'
        f"<entry><id>2</id></entry><entry><id>3</id><content>{ALERT.replace('聊城', '高唐')}</content></entry>"
    )
    first, second, third = read_feed(text.encode(encoding)).entries
    # What is cut out has no declaration, so that other encodings come as UTF-8.
    assert first.document == ALERT.encode()
    assert second.document is None
    assert third.document == ALERT.replace("聊城", "高唐").encode()


def test_an_alert_inside_an_entry_takes_its_prefix_with_it():
    document = (
        f'<rss version="2.0" xmlns:cap="{NAMESPACE}"><channel><item><description>'
        "<cap:alert><cap:identifier>1</cap:identifier></cap:alert></description></item></channel></rss>"
    ).encode()
    assert read_feed(document).entries[0].document == (
        f'<cap:alert xmlns:cap="{NAMESPACE}"><cap:identifier>1</cap:identifier></cap:alert>'.encode()
    )


@pytest.mark.parametrize("wrap", ["<![CDATA[{}]]>", "escaped"])
def test_an_alert_may_be_text(wrap):
    text = '<?xml version="1.0" encoding="gb18030"?>' + ALERT
    inner = text.replace("&", "&amp;").replace("<", "&lt;") if wrap == "escaped" else wrap.format(text)
    document = f"<rss version='2.0'><channel><item><description>{inner}</description></item></channel></rss>".encode()
    assert read_feed(document).entries[0].document == text.encode("gb18030")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"<html/>", "RSS 2.0"),
        (b"not xml", "XML"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><rss><channel/></rss>', "DOCTYPE"),
        (b"<rss/>", "RSS 2.0"),
    ],
)
def test_what_is_no_feed_is_refused(document, said):
    with pytest.raises(CAPError, match=said):
        read_feed(document)


def test_alerts_inside_alerts_do_not_shift_the_others():
    nested = f'<alert xmlns="{NAMESPACE}"><alert/><identifier>a</identifier></alert>'
    document = ATOM.format(f"<entry><content>{nested}</content></entry><entry><content>{ALERT}</content></entry>")
    first, second = read_feed(document.encode()).entries
    assert first.document == nested.encode()
    assert second.document == ALERT.encode()
