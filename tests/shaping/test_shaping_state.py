"""What outlives a restart is replaced whole, and what cannot be read is reported and taken as not there."""

from pathlib import Path

import pytest

from shaping.state import load, save


def test_it_is_read_back(tmp_path: Path) -> None:
    save(tmp_path / "new" / "ledger.json", {"revision": 7})
    assert load(tmp_path / "new" / "ledger.json") == {"revision": 7}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["ledger.json"]


def test_what_is_not_there_is_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert load(tmp_path / "ledger.json") is None and caplog.records == []


@pytest.mark.parametrize("content", [b"", b'{"revision": ', b"\xff\xfe"])
def test_half_a_file_is_reported_and_is_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    (tmp_path / "ledger.json").write_bytes(content)
    assert load(tmp_path / "ledger.json") is None
    assert "event=state_unreadable" in caplog.text


def test_a_save_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    save(tmp_path / "ledger.json", {"revision": 7})
    with pytest.raises(TypeError):
        save(tmp_path / "ledger.json", {"revision": object()})
    assert load(tmp_path / "ledger.json") == {"revision": 7}
