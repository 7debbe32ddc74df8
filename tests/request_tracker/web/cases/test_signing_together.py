"""BTM-12 and BTM-13: what an official only receives is read as a digest and signed together, each case by itself."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from form_page_faults import faults
from tracker_office import DIVISION, EVIDENCE, HEAD, LETTER, MBIT, REQUESTER, SECTION, VERIFIED, applied, numbered
from tracker_site import NOW, Site

from request_tracker.cases import Allocation, Sign, Who, history, read_case, run
from request_tracker.ledger import allocations
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.notifications.signing_digest import SigningBatch, batches, receives

FILLED = {"spesifikasi": "20 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "40"}
TWENTY = Allocation(2 * MBIT, 20 * MBIT, 2 * MBIT, 10 * MBIT)


@pytest.fixture
def team(site: Site) -> Who:
    """A technician with an account, and an opening balance for every office."""
    changes = [
        allocations.Change(opd.code, Allocation(1, 10 * MBIT, 1, 1), "system", None, "awal")
        for opd in site.desk.city.opds
    ]
    with site.desk.store.transaction() as db:
        allocations.write(site.desk.store, db, changes, NOW - timedelta(days=30))
    return Who(f"user:{site.enter('technician')}", frozenset({"technician"}))


def reported(site: Site, team: Who, opd: str, until: str = "BTM-12") -> str:
    """A case whose report waits at the given step."""
    number = str(site.request("BTM-BW", opd=opd, documents={"surat": LETTER}).number)
    before: list[tuple[Who, Sign]] = [
        (HEAD, Sign("BTM-02")),
        (DIVISION, VERIFIED),
        (SECTION, Sign("BTM-04", assignee=team)),
    ]
    before += [(team, Sign("BTM-05")), (REQUESTER, Sign("BTM-05", form=FILLED))]
    before += [(team, numbered(Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TWENTY))]
    after: list[tuple[Who, Sign]] = [(REQUESTER, Sign("BTM-09")), (team, Sign("BTM-09")), (team, Sign("BTM-10"))]
    after += [(SECTION, Sign("BTM-11"))] + [(DIVISION, Sign("BTM-12"))] * (until == "BTM-13")
    for who, act in before:
        run(site.desk, number, act, who, NOW)
    applied(site.desk, number, "BTM-08", NOW, TWENTY)
    for who, act in after:
        run(site.desk, number, act, who, NOW + timedelta(seconds=30))
    return number


def marks(batch: SigningBatch) -> list[str]:
    return [f"{one.number}|{one.lane}|{one.version}" for one in batch.cases]


def send(site: Site, step: str, **values: Any) -> Any:
    return site.post(f"/bersama/BTM-BW/{step}", "/bersama", **values)


def test_BTM_12_which_steps_only_receive_is_the_sops_own_data() -> None:
    steps = [(sop, step) for sop in shipped_sops() for step in sop.steps.values() if receives(step)]
    officials = [step.id for sop, step in steps if sop.role(step.lanes[0]).startswith("head_of")]
    assert officials == ["BTM-12", "BTM-13"]


def test_BTM_12_the_batch_makes_one_event_for_each_case(site: Site, team: Who) -> None:
    numbers = [reported(site, team, opd) for opd in ("dinkes", "disdik")]
    user = site.enter("head_of_division")
    (batch,) = batches(site.desk, ["head_of_division"], NOW)
    assert [one.number for one in batch.cases] == numbers and batch.step.id == "BTM-12"
    page = send(site, "BTM-12", act="all", ada=marks(batch), note="diterima").text
    assert "2 kasus ditandatangani" in page
    for number in numbers:
        signed = [e for e in history(site.desk, number) if e.kind == "signed" and e.step == "BTM-12"]
        assert [(e.actor, e.data["note"]) for e in signed] == [(f"user:{user}", "diterima")]
        assert read_case(site.desk, number).open_step("BTM-13") is not None


def test_BTM_12_one_refused_case_stops_no_other_and_is_told_and_unticked_ones_stay(site: Site, team: Who) -> None:
    first, second, third = (reported(site, team, opd) for opd in ("dinkes", "disdik", "rsud"))
    site.enter("head_of_division")
    (batch,) = batches(site.desk, ["head_of_division"], NOW)
    run(site.desk, first, Sign("BTM-12"), DIVISION, NOW + timedelta(minutes=1))
    page = send(site, "BTM-12", act="ticked", kasus=marks(batch)[:2], ada=marks(batch)).text
    assert "1 kasus ditandatangani" in page and "Tidak ditandatangani" in page and "sudah bertindak" in page
    assert [bool(read_case(site.desk, n).open_step("BTM-12")) for n in (first, second, third)] == [False, False, True]
    nothing = send(site, "BTM-12", act="ticked", ada=marks(batch), note="diterima baik")
    assert "Belum ada kasus yang dicentang" in nothing.text and ">diterima baik</textarea>" in nothing.text


def test_BTM_12_a_note_that_is_too_long_is_told_at_its_field_and_the_ticks_stay(site: Site, team: Who) -> None:
    number = reported(site, team, "dinkes")
    site.enter("head_of_division")
    (batch,) = batches(site.desk, ["head_of_division"], NOW)
    refused = send(site, "BTM-12", act="ticked", kasus=marks(batch), ada=marks(batch), note="x" * 4001)
    assert refused.status_code == 422 and list(faults(refused.text)) == ["BTM-12-note"]
    assert f'name="kasus" value="{marks(batch)[0]}" checked' in refused.text and "x" * 4001 in refused.text
    assert read_case(site.desk, number).open_step("BTM-12") is not None


def test_BTM_12_one_cover_report_stands_over_all_teams_reports(site: Site, team: Who, tmp_path: Path) -> None:
    first, second = reported(site, team, "dinkes"), reported(site, team, "disdik")
    site.enter("head_of_division")
    (batch,) = batches(site.desk, ["head_of_division"], NOW)
    made = send(site, "BTM-12", act="pdf", ada=marks(batch))
    assert made.mimetype == "application/pdf"
    (tmp_path / "c.pdf").write_bytes(made.data)
    told = subprocess.run(["pdftotext", "-raw", tmp_path / "c.pdf", "-"], capture_output=True, text=True, check=True)
    flat = "".join(told.stdout.split())
    assert "LAPORANGABUNGAN" in flat and "Namatechnician" in flat and "10Mbit/s→20Mbit/s" in flat
    assert all(number in flat for number in (first, second)) and "Jumlahlaporan:2" in flat
    for form in ("docx", "odt"):
        assert send(site, "BTM-12", act=form, kasus=marks(batch)[:1]).data[:2] == b"PK"


def test_BTM_13_the_digest_tells_requester_rates_days_lateness_and_proof_and_signs_each_or_all(
    site: Site, team: Who
) -> None:
    first, second = (reported(site, team, opd, "BTM-13") for opd in ("dinkes", "disdik"))
    site.enter("head_of_office")
    page = site.get("/bersama")
    assert page.index("BTM-13") < page.index(first) < page.index(second)
    assert "10 Mbit/s → <strong>20 Mbit/s</strong>" in page and "belum terbukti" not in page
    assert "Lama</dt>" in page and ", sejak" in page
    assert "Dinas Kesehatan" in page and "Berita Acara Pekerjaan (PDF)" in page and "Nama technician" in page
    (batch,) = batches(site.desk, ["head_of_office"], NOW)
    send(site, "BTM-13", act="ticked", kasus=marks(batch)[:1], ada=marks(batch))
    assert [read_case(site.desk, n).ending for n in (first, second)] == ["selesai", None]
    (late,) = batches(site.desk, ["head_of_office"], NOW + timedelta(days=30))
    assert late.cases[0].late == ("BTM-13",) and late.cases[0].proven_at is not None
    send(site, "BTM-13", act="all", ada=marks(late))
    assert "Tidak ada laporan yang menunggu Anda" in site.get("/bersama")


def test_BTM_13_only_officials_sign_together_and_only_in_their_own_lane(site: Site, team: Who) -> None:
    number = reported(site, team, "dinkes", "BTM-13")
    (batch,) = batches(site.desk, ["head_of_office"], NOW)
    assert site.client.get("/bersama").status_code == 403
    site.enter("head_of_section")
    refused = send(site, "BTM-13", act="all", ada=marks(batch))
    assert "Tidak ditandatangani" in refused.text and "peran Anda tidak termasuk" in refused.text
    assert read_case(site.desk, number).ending is None
