"""``whatif`` at a terminal: a made month behind it, sentences and JSON out."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tracker_office import CITY, INVENTORY, MBIT, MONDAY, new_desk
from used_months import UsedMonth

from request_tracker.cli import main
from request_tracker.terminal import whatif


@pytest.fixture
def month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with an allocation of 2 to 10 Mbit/s for everybody, and what they used."""
    new_desk(tmp_path).store.close()
    config = {"inventory": str(INVENTORY), "database": f"{tmp_path}/tracker.db", "files": f"{tmp_path}/files"}
    (tmp_path / "tracker.yaml").write_text(json.dumps({**config, "secret_key": "env:SESSION"}))
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    monkeypatch.setenv("LEBARPITA_TRACKER", f"{tmp_path}/tracker.yaml")
    monkeypatch.setattr(whatif, "now", lambda: MONDAY + timedelta(hours=1))
    uses = {(opd.code, way): lambda _: 10 * MBIT for opd in CITY.opds for way in ("receive", "transmit")}
    monkeypatch.setattr(whatif, "monitoring_of", lambda _: UsedMonth(uses=uses))


@pytest.mark.usefixtures("month")
def test_it_says_who_gains_who_loses_how_long_and_that_a_demand_at_the_ceiling_is_a_lower_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["whatif", "dinkes", "50M"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "dinkes on ISP Contoh: 30 days before 2026-11-23, replayed\n\ndownload: 100% of the OPD's time"
    )
    assert "720.0 hours at its ceiling: what it wanted then is at least what it used" in out
    assert "granted in full: 10 Mbit/s .. 50 Mbit/s" in out and "gains: dinkes 0.0 to 720.0 hours" in out
    assert "refused: 2 Mbit/s .. 10 Mbit/s" in out and "loses: nobody" in out


@pytest.mark.usefixtures("month")
def test_as_json_it_has_every_figure_in_bytes_per_second(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whatif", "dinkes", "50/20", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["wanted"]["receive_ceiling"] == 50 * MBIT and answer["wanted"]["transmit_ceiling"] == 20 * MBIT
    assert [one["decision"] for one in answer["ways"][0]["effects"]] == ["dikabulkan", "dikabulkan_sebagian", "ditolak"]
