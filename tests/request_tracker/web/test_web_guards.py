"""Every page carries its guards: security headers, a policy without inline script, and nothing inline in the HTML."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tracker_office import new_desk, request

from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.roles import ROLES
from request_tracker.people.sessions import begin_session
from request_tracker.web.app import create_app
from request_tracker.web.shell.access import SESSION_KEY
from request_tracker.web.shell.context import OfficeDesk, now

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:|<style|\sstyle=", re.IGNORECASE)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    desk = new_desk(tmp_path)
    request(desk)
    (tmp_path / "secret").write_text("rahasia-yang-panjang", encoding="utf-8")
    config = TrackerConfig(
        inventory=Path("inventory/example/city.yaml"),
        database=desk.store.path,
        files=tmp_path / "files",
        secret_key=f"file:{tmp_path / 'secret'}",
    )
    yield create_app(OfficeDesk(config, desk, Prometheus("http://127.0.0.1:9")), testing=True)
    desk.store.close()


@pytest.fixture
def everybody(app: Flask) -> FlaskClient:
    """Somebody with every role, so that every page opens."""
    store = app.extensions["office"].desk.store
    user = add_user(store, NewAccount("semua", "Semua", tuple(ROLES), "sandi-yang-panjang"), now())
    client = app.test_client()
    with client.session_transaction() as session:
        session[SESSION_KEY] = begin_session(store, user, now())
    return client


def addresses(app: Flask) -> list[str]:
    """Every page that can be asked without knowing a name, and one case."""
    plain = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    return [*plain, "/kasus/PKL-BW/2026/000001", "/tidak-ada"]


def test_every_page_carries_the_security_headers_and_no_inline_script(app: Flask, everybody: FlaskClient) -> None:
    for address in addresses(app):
        answer = everybody.get(address)
        assert answer.status_code < 500, address
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["X-Frame-Options"] == "DENY", address
        if answer.mimetype == "text/html":
            assert not INLINE.search(answer.text), f"{address}: {INLINE.search(answer.text)}"


def test_a_stranger_sees_no_page_of_the_staff(app: Flask) -> None:
    stranger = app.test_client()
    for address in ("/kasus", "/kasus/PKL-BW/2026/000001", "/berkas/" + "a" * 64):
        assert stranger.get(address).location.startswith("/masuk"), address


def test_no_form_is_taken_without_its_token(app: Flask, everybody: FlaskClient) -> None:
    posts = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    ]
    for rule in posts:
        address = re.sub(r"<path:[^>]+>", "PKL-BW/2026/000001", rule.rule)
        answer = everybody.post(re.sub(r"<[^>]+>", "1", address))
        assert answer.status_code == 400, f"{rule.rule}: {answer.status_code}"
