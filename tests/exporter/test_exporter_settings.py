"""Settings of the exporter that something else on the machine must allow."""

from pathlib import Path

import pytest

from exporter import config
from exporter.errors import ExporterError

SETTINGS = "inventory: city.yaml\nstate: state\nflows: {history: {folder: history}}\n"


def settings_file(folder: Path) -> Path:
    path = folder / "exporter.yaml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


def test_a_history_is_read(tmp_path: Path) -> None:
    history = config.read_config(settings_file(tmp_path)).flows.history
    assert history is not None and history.days == 30


def test_a_history_without_its_database_is_refused_where_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "find_spec", lambda name: None)
    with pytest.raises(ExporterError, match=r"flows.history.*pip install 'lebarpita\[history\]'"):
        config.read_config(settings_file(tmp_path))
