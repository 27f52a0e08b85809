"""Channels (渠道): the ways to a person. One file each; a city's SMS or voice gateway is one more file and one more name."""

from anlan.foundation.notices.channels.channel import Channel, Undelivered
from anlan.foundation.notices.channels.email import Email
from anlan.foundation.notices.channels.in_app import InApp
from anlan.foundation.notices.channels.webhook import Webhook

__all__ = ["CHANNELS", "Channel", "Undelivered"]

#: The rule `notices.ladder` names them in the order in which they are tried.
CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (InApp(), Email(), Webhook())}
