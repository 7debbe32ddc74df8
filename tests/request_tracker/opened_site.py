"""Pages over a desk that is there already, and a browser with somebody's session."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.web.app import create_app
from request_tracker.web.shell.access import SESSION_KEY
from request_tracker.web.shell.context import OfficeDesk


def config_of(desk: Desk, folder: Path) -> TrackerConfig:
    (folder / "secret").write_text("rahasia-sesi-yang-panjang", encoding="utf-8")
    return TrackerConfig(
        inventory=Path("inventory/example/city.yaml"),
        database=desk.store.path,
        files=folder / "files",
        secret_key=f"file:{folder / 'secret'}",
    )


def site_of(desk: Desk, folder: Path) -> Flask:
    here = OfficeDesk(config_of(desk, folder), desk, Prometheus("http://127.0.0.1:9"))
    return create_app(here, testing=True)


def entered(site: Flask, secret: str) -> FlaskClient:
    """A browser with that session."""
    client = site.test_client()
    with client.session_transaction() as session:
        session[SESSION_KEY] = secret
    return client
