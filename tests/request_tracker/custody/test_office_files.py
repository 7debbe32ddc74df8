"""Settings and letter templates stand in files: the rights journal says when one has changed, and to what."""

import json
from pathlib import Path

import pytest
from tracker_office import new_desk
from tree import EXAMPLE_CITY

from request_tracker.config import SecondPersonPart, TrackerConfig
from request_tracker.custody.office_files import record_office_files, settings_of
from request_tracker.store.database import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_desk(tmp_path).store


@pytest.fixture
def config(tmp_path: Path) -> TrackerConfig:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "surat.typ").write_text("satu")
    return TrackerConfig(
        inventory=EXAMPLE_CITY, database=tmp_path / "tracker.db", files=tmp_path / "files", templates=templates
    )


def last(store: Store, kind: str) -> dict[str, object]:
    data: dict[str, object] = json.loads(
        store.value("SELECT data FROM rights_journal WHERE kind = ? ORDER BY seq DESC LIMIT 1", [kind])
    )
    return data


def test_the_first_look_records_what_is_and_the_second_nothing(store: Store, config: TrackerConfig) -> None:
    assert record_office_files(store, config) == ["file:tracker.yaml", "template:surat.typ"]
    assert record_office_files(store, config) == []


def test_a_setting_that_changed_is_recorded_with_its_name_and_value(store: Store, config: TrackerConfig) -> None:
    record_office_files(store, config)
    changed = config.model_copy(update={"second_person": SecondPersonPart(mode="announce")})
    assert record_office_files(store, changed) == ["file:tracker.yaml"]
    assert last(store, "configuration_changed") == {"set": {"second_person.mode": "announce"}, "gone": []}
    assert record_office_files(store, config) == ["file:tracker.yaml"]


def test_a_setting_that_is_gone_is_recorded_once(store: Store, config: TrackerConfig) -> None:
    more = config.model_copy(update={"channels": {"email": "env:MAIL"}})
    record_office_files(store, more)
    record_office_files(store, config)
    assert last(store, "configuration_changed") == {"set": {"channels": {}}, "gone": ["channels.email"]}
    assert record_office_files(store, config) == []


def test_a_template_changed_or_removed_is_recorded(store: Store, config: TrackerConfig) -> None:
    record_office_files(store, config)
    assert config.templates is not None
    template = config.templates / "surat.typ"
    template.write_text("dua")
    assert record_office_files(store, config) == ["template:surat.typ"]
    template.unlink()
    assert record_office_files(store, config) == ["template:surat.typ"]
    assert last(store, "template_changed") == {"sha256": None}
    assert record_office_files(store, config) == []


def test_a_secret_stands_in_the_settings_as_its_reference(config: TrackerConfig) -> None:
    settings = settings_of(config.model_copy(update={"secret_key": "env:SESSION"}))
    assert settings["secret_key"] == "env:SESSION"
