"""Names under which the program answers."""

import pytest
from flask import Flask

from crm.core import hosts

NAMES = hosts.known_names("https://crm.example.com", ("shop.example.org", ".lan"))


@pytest.mark.parametrize("host", ["crm.example.com", "CRM.example.com:443", "localhost:8000", "127.0.0.1:8000", "192.168.1.10",
                                  "[::1]:8000", "shop.example.org", "crm.lan"])
def test_names_of_ours_are_known(host: str) -> None:
    assert hosts._known(host, NAMES)


@pytest.mark.parametrize("host", ["evil.example", "crm.example.com.evil.example", "evilcrm.example.com", "example.com", "", "lan"])
def test_other_names_are_not(host: str) -> None:
    assert not hosts._known(host, NAMES)


def test_a_stranger_s_name_gets_a_sentence_and_nothing_else(app: Flask) -> None:
    answer = app.test_client().get("/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "BASE_URL" in answer.get_data(as_text=True)
    assert "password" not in answer.get_data(as_text=True)
