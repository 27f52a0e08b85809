"""Every address that needs no number, opened by every role and by nobody: an answer, never a fault."""

import pytest
from django.test import Client
from django.urls import get_resolver

from anlan.foundation.accounts.roles import ROLES


def _addresses(resolver=None, prefix: str = "") -> list[str]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            found += _addresses(entry, address)
        elif "<" not in address and "(" not in address and "^" not in address:
            found.append("/" + address)
    return sorted(set(found))


#: Answered for everybody, signed in or not.
PUBLIC = ("/accounts/", "/i18n/", "/jsi18n/", "/health", "/sw.js", "/offline/", "/manifest", "/favicon.ico", "/api/",
          "/public/")  # fmt: skip


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_page_breaks(role, client_of, rules):
    browser = client_of(role)
    browser.raise_request_exception = False
    broken = {}
    for address in _addresses():
        if "logout" in address:
            continue
        status = browser.get(address).status_code
        if status >= 500:
            broken[address] = status
    assert not broken


def test_nobody_gets_in_without_a_sign_in(db):
    browser = Client(SERVER_NAME="localhost")
    opened = {}
    for address in _addresses():
        if not address.startswith(PUBLIC):
            status = browser.get(address).status_code
            if status not in (302, 401, 403, 404, 405):
                opened[address] = status
    assert not opened
