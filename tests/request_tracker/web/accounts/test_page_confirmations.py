"""The page of changes that wait for a second person, through the browser's forms; and the same by command."""

from pathlib import Path
from typing import Any

import pytest
from tracker_site import Site
from tree import EXAMPLE_CITY

from request_tracker import cli

HEAD: dict[str, Any] = {"login": "kadis", "name": "Siti Aminah", "role": ["head_of_office"]}


@pytest.fixture
def two(site: Site) -> Site:
    """Two administrators, the first of them logged in."""
    site.enter("admin", login="dua")
    site.enter("admin", login="satu")
    return site


def has_head(site: Site) -> bool:
    return site.desk.store.row("SELECT 1 FROM users WHERE login = 'kadis'") is not None


def test_with_one_administrator_the_account_and_its_link_are_made_at_once(site: Site) -> None:
    site.enter("admin")
    page = site.post("/pengguna", **HEAD).text
    assert 'id="tautan"' in page and has_head(site)


def test_an_official_waits_until_the_other_administrator_has_confirmed(two: Site) -> None:
    page = two.post("/pengguna", **HEAD).text
    assert 'id="tunggu"' in page and 'id="tautan"' not in page and not has_head(two)
    mine = two.get("/persetujuan")
    assert "membuat akun: Siti Aminah (kadis)" in mine and "Kepala Dinas" in mine and ">Setujui<" not in mine
    assert two.post("/persetujuan/1/setuju", "/persetujuan").status_code == 409
    two.log_in("dua")
    assert ">Setujui<" in two.get("/persetujuan")
    done = two.post("/persetujuan/1/setuju", "/persetujuan").text
    assert 'id="tautan"' in done and "/sandi/" in done and has_head(two)
    assert "Tidak ada yang menunggu" in two.get("/persetujuan")


def test_a_refused_request_makes_nothing(two: Site) -> None:
    two.post("/pengguna", **HEAD)
    two.log_in("dua")
    assert two.post("/persetujuan/1/tolak", "/persetujuan").status_code == 302
    assert "Tidak ada yang menunggu" in two.get("/persetujuan") and not has_head(two)


def test_a_delegation_by_somebody_else_waits_and_ones_own_does_not(two: Site) -> None:
    head, taker = two.enter("head_of_office", login="kadis"), two.enter("head_of_division", login="kabid")
    form: dict[str, Any] = {
        "role": "head_of_office",
        "giver": str(head),
        "taker": str(taker),
        "starts": "2026-12-01T08:00",
        "ends": "2036-12-05T16:00",
        "basis": "SPT 1",
    }
    count = "SELECT count(*) FROM delegations"
    two.log_in("satu")
    assert two.post("/delegasi", **form).status_code == 302
    assert two.desk.store.value(count) == 0 and "Permintaan nomor" in two.get("/delegasi?tunggu=1")
    two.log_in("kadis")
    two.post("/delegasi", **form)
    assert two.desk.store.value(count) == 1


def test_a_technician_may_not_see_what_waits(site: Site) -> None:
    site.enter("technician")
    assert site.client.get("/persetujuan").status_code == 403


def test_the_command_asks_a_second_person_too_and_keeps_no_password(
    two: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, password = tmp_path / "tracker.yaml", tmp_path / "password"
    config.write_text(f"inventory: {EXAMPLE_CITY}\ndatabase: {two.desk.store.path}\nfiles: {tmp_path}\n")
    password.write_text("sandi-yang-panjang\n")
    words = ["user", "add", "kadis", "--name", "Siti Aminah", "--role", "head_of_office"]
    assert cli.main([*words, "--password-file", str(password), "--config", str(config)]) == 0
    assert "waits for a second person, as request 1" in capsys.readouterr().out
    assert not has_head(two)
    assert str(two.desk.store.value("SELECT asked_by FROM rights_requests")).startswith("os:")
    assert 'id="tautan"' in two.post("/persetujuan/1/setuju", "/persetujuan").text and has_head(two)
