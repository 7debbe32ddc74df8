"""An office in which rights change: a fresh store, accounts by name and roles, whom a change was told to."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from request_tracker.config import SecondPersonPart
from request_tracker.people.accounts import NewAccount, Person, add_user, person
from request_tracker.store.database import Store, migrate

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
USUAL = SecondPersonPart()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "tracker.db")
    migrate(store)
    return store


def account(store: Store, login: str, *roles: str) -> Person:
    number = add_user(store, NewAccount(login, f"Nama {login}", roles, "sandi-yang-panjang"), NOW)
    somebody = person(store, number, NOW)
    assert somebody is not None
    return somebody


def told(store: Store) -> list[tuple[str, str]]:
    rows = store.rows("SELECT recipient, payload FROM outbox ORDER BY id")
    return [(row["recipient"], json.loads(row["payload"])["template"]) for row in rows]
