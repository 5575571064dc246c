"""Who may read the figures, and that they count."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask

from crm import create_app
from tests.conftest import BASE


@pytest.fixture
def measured(app: Flask, tmp_path: Path) -> Flask:
    """The same database behind an application whose metrics are open to a token and to one address."""
    return create_app({**BASE, "DATABASE_URL": app.config["DATABASE_URL"], "DATA_DIR": tmp_path,
                       "METRICS_TOKEN": "let me in", "METRICS_ALLOW": (ip_network("192.0.2.9"), ip_network("198.51.100.0/24"))})


def test_they_are_closed_by_default(app: Flask) -> None:
    assert app.test_client().get("/metrics").status_code == 404


def test_only_the_token_or_the_address_opens_them(measured: Flask) -> None:
    client = measured.test_client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer let me"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer let me in"}).status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "::ffff:198.51.100.7"}).status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.8"}).status_code == 404


def test_they_count_requests_by_rule_and_tell_how_the_parts_are(measured: Flask) -> None:
    client = measured.test_client()
    client.get("/invite/some-secret")
    text = client.get("/metrics", headers={"Authorization": "Bearer let me in"}).get_data(as_text=True)
    assert 'voronka_request_seconds_count{method="GET",rule="/invite/<token>",status="404"} 1.0' in text
    assert 'voronka_health{check="database"} 0.0' in text
    assert "voronka_jobs_due 0.0" in text
    assert "some-secret" not in text
