"""Settings that cannot be used are refused by name, with the fix."""

import pytest

from anlan.project.config import Config, ConfigError


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("media_receiver", "10.0.0.9:30000", "udp://host:port"),
        ("media_receiver", "udp://10.0.0.9", "udp://host:port"),
        ("media_receiver", "udp://10.0.0.9:x", "udp://host:port"),
        ("media_server", "rtsp://media.example", "https://"),
        ("gb28181_code", "3715", "20 digits"),
    ],
)
def test_a_video_setting_that_cannot_be_used_is_named(name, value, words):
    with pytest.raises(ConfigError, match=words) as refused:
        Config(**{name: value})
    assert name in str(refused.value)


def test_the_platforms_own_code_comes_from_the_city():
    assert Config().video_code == "37150000002000000001"
    assert Config(gb28181_code="3" * 20).video_code == "3" * 20


def test_where_the_media_server_takes_streams():
    assert Config().receiver is None
    assert Config(media_receiver="tcp://media.example:30000").receiver == ("tcp", "media.example", 30000)
