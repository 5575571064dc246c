"""A proxy that the settings tell of speaks for its visitors; nobody else does."""

import http.client
import os
import socket
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask, request

from crm import create_app
from crm.core.access import public
from tests.conftest import BASE

ROOT = Path(__file__).resolve().parents[2]
TOLD = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.9"}


def behind(app: Flask, folder: Path, **settings: object) -> Flask:
    """The same database behind an application with these settings, and a page that says whom it sees."""
    made = create_app({**BASE, "DATABASE_URL": app.config["DATABASE_URL"], "DATA_DIR": folder, **settings})
    made.add_url_rule("/seen", "seen", public(lambda: f"{request.remote_addr} {request.scheme} {request.host}"))
    return made


def seen(made: Flask, peer: str) -> str:
    return made.test_client().get("/seen", headers=TOLD, environ_base={"REMOTE_ADDR": peer}).text


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.88.0.3"])
def test_a_known_proxy_speaks_for_its_visitors(app: Flask, tmp_path: Path, peer: str) -> None:
    made = behind(app, tmp_path, TRUSTED_PROXIES=1, PROXY_ADDRESSES=(ip_network("10.88.0.0/16"),))
    assert seen(made, peer) == "198.51.100.7 https 127.0.0.9"


@pytest.mark.parametrize("peer", ["203.0.113.5", "10.89.0.3", "192.168.1.20", "2001:db8::1", ""])
def test_a_stranger_at_the_port_is_taken_for_what_he_is(app: Flask, tmp_path: Path, peer: str) -> None:
    made = behind(app, tmp_path, TRUSTED_PROXIES=1, PROXY_ADDRESSES=(ip_network("10.88.0.0/16"),))
    assert seen(made, peer) == f"{peer} http localhost"


def test_without_proxies_nobody_is_believed(app: Flask, tmp_path: Path) -> None:
    assert seen(behind(app, tmp_path), "127.0.0.1") == "127.0.0.1 http localhost"


def test_only_a_known_proxy_numbers_requests(app: Flask, tmp_path: Path) -> None:
    given, number = {**TOLD, "X-Request-ID": "0123456789abcdef"}, "0123456789abcdef"
    assert app.test_client().get("/login", headers=given).headers["X-Request-ID"] != number
    client = behind(app, tmp_path, TRUSTED_PROXIES=1).test_client()
    assert client.get("/login", headers=given).headers["X-Request-ID"] == number
    assert client.get("/login", headers=given, environ_base={"REMOTE_ADDR": "203.0.113.5"}).headers["X-Request-ID"] != number
    broken = {**TOLD, "X-Request-ID": "a b\tc;<script>"}
    assert client.get("/login", headers=broken).headers["X-Request-ID"] != broken["X-Request-ID"]


@pytest.mark.parametrize(("hops", "secure"), [("0", False), ("1", True)])
def test_the_server_itself_believes_nobody_either(tmp_path: Path, hops: str, secure: bool) -> None:
    """gunicorn trusts this machine by itself; that an https header counts shows in Strict-Transport-Security."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PORT": str(port), "DATABASE_URL": "", "SECRET_KEY": "", "BASE_URL": "",
           "HOST": "127.0.0.1", "TRUSTED_PROXIES": hops}
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("listens" in line for line in process.stdout)
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            line.request("GET", "/healthz", headers={"X-Forwarded-Proto": "https"})
            assert ("Strict-Transport-Security" in line.getresponse().headers) is secure
            line.close()
        finally:
            process.terminate()
