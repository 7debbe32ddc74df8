"""The quarterly evaluation: figures from events, on paper and as a spreadsheet."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tracker_office import (
    DIVISION,
    EVIDENCE,
    HEAD,
    MONDAY,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    request,
    to_technician,
    true_proof,
    walk_to,
)

from request_tracker.cases import Desk, Note, Sign, run
from request_tracker.cases.proofs import record_proof
from request_tracker.cli import main
from request_tracker.config import Office
from request_tracker.custody.anchor import read_anchor, take_anchor
from request_tracker.errors import TrackerError
from request_tracker.letters.quarter.paper import quarter_pdf
from request_tracker.letters.quarter.sheet import quarter_sheet
from request_tracker.reports.case_counts import CASES
from request_tracker.reports.outage_counts import OUTAGES
from request_tracker.reports.periods import month, quarter
from request_tracker.reports.quarter import Evaluation, evaluate
from request_tracker.reports.survey import ELEMENTS, answer

Q4 = quarter("2026-Q4")
LATER = MONDAY + timedelta(days=9)


def refused_in_katim(desk: Desk) -> str:
    """KTM: nothing is available; the request is unmet."""
    number = request(desk, "KTM-BW")
    walk_to(
        desk,
        number,
        [
            (SECRETARIAT, Sign("KTM-02")),
            (HEAD, Sign("KTM-02")),
            (DIVISION, Sign("KTM-03")),
            (SECTION, Sign("KTM-03")),
            (SECTION, Sign("KTM-04", note="periksa", assignee=TECHNICIAN)),
            (TECHNICIAN, Sign("KTM-05", documents={"cek": EVIDENCE})),
            (TECHNICIAN, Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE})),
        ],
    )
    return number


def figures(desk: Desk) -> Evaluation:
    to_technician(desk, request(desk))
    return evaluate(desk, Q4, LATER)


def test_X_EVAL_PKL_S_13_cases_and_steps_are_counted_with_their_lateness(desk: Desk) -> None:
    found = figures(desk)
    assert [(row.sop, row.opened, row.endings) for row in found.volumes] == [("PKL-BW", 1, ())]
    by_step = {row.step: row for row in found.steps}
    assert (by_step["PKL-B-02"].visits, by_step["PKL-B-02"].late) == (1, 0)
    assert by_step["PKL-B-02"].median_hours == pytest.approx(1 / 60)
    assert by_step["PKL-B-04"].late == 1


def test_a_quarter_without_a_case_is_empty_and_says_that_nobody_answered(desk: Desk, tmp_path: Path) -> None:
    figures(desk)
    found = evaluate(desk, quarter("2025-Q1"), LATER)
    assert (found.volumes, found.steps, found.outages) == ((), (), 0)
    assert "belum ada jawaban" in words(quarter_pdf(found, Office()), tmp_path)


def test_KTM_CT_what_could_not_be_met_is_kept_as_need(desk: Desk, tmp_path: Path) -> None:
    number = refused_in_katim(desk)
    found = evaluate(desk, Q4, LATER)
    assert [(row.number, row.opd, row.wanted) for row in found.unmet] == [(number, "dinkes", 6_250_000)]
    assert "Kebutuhan belum terpenuhi : 1 permohonan, 50 Mbit/s" in words(quarter_pdf(found, Office()), tmp_path)


def test_X_SKM_the_index_of_the_quarter_stands_in_the_pack(desk: Desk, tmp_path: Path) -> None:
    number = request(desk)
    answer(desk.store, (number, "PKL-BW"), dict.fromkeys(ELEMENTS, "4"), "", MONDAY)
    text = words(quarter_pdf(evaluate(desk, Q4, LATER), Office()), tmp_path)
    assert "100 (mutu A), 1 responden" in text
    survey = load_workbook(BytesIO(quarter_sheet(evaluate(desk, Q4, LATER))))["Survei kepuasan"]
    assert ("Kemudahan prosedur", 4) in list(survey.values)


def test_outages_count_with_their_minutes_inside_the_quarter(desk: Desk) -> None:
    begin = datetime(2026, 10, 1, tzinfo=UTC).timestamp() - 7 * 3600
    with desk.store.transaction() as db:
        for number, (start, end) in enumerate(((begin - 600, begin + 120), (begin + 1000, begin + 1060))):
            row: dict[str, object] = {
                "number": f"G-{number}",
                "root": f"r{number}",
                "kind": "link",
                "cause": "down",
                "offices": "[]",
            }
            row |= {"started_at": start, "ended_at": end, "opened_at": start, "source": "alert"}
            db.table("tickets").insert(row)
    found = evaluate(desk, Q4, LATER)
    assert (found.outages, found.outage_minutes) == (2, 3)


def test_the_spreadsheet_holds_the_same_tables_and_runs_nothing(desk: Desk) -> None:
    book = load_workbook(BytesIO(quarter_sheet(figures(desk))))
    assert "Janji layanan" in book.sheetnames
    rows = list(book["Waktu per langkah"].values)
    assert rows[0][:2] == ("Layanan", "Langkah")
    assert rows[1][:2] == ("Pelayanan Penambahan Bandwidth", "1. Mengajukan surat permohonan penambahan bandwidth")
    queries = [row[2] for row in book["Asal angka"].values]
    assert CASES in queries and OUTAGES in queries and any("lebarpita_reachable" in str(query) for query in queries)


def test_the_pack_is_the_same_bytes_each_time(desk: Desk) -> None:
    found = figures(desk)
    again = evaluate(desk, Q4, LATER)
    assert quarter_pdf(found, Office()) == quarter_pdf(again, Office())
    assert quarter_sheet(found) == quarter_sheet(again) and found.text() == again.text()


def test_each_agent_s_evidence_of_the_quarter_is_quoted_where_there_is_one(desk: Desk, tmp_path: Path) -> None:
    found = figures(desk)
    assert "Bukti jaminan" not in words(quarter_pdf(found, Office()), tmp_path)
    for agent, quarter_name, digit in (("core", "2026Q4", "a"), ("core", "2026Q4", "b"), ("edge", "2026Q3", "c")):
        part = {"quarter": quarter_name, "until": MONDAY.timestamp(), "hash": digit * 64}
        record_proof(desk, true_proof(desk, MONDAY, agent=agent, evidence=part), MONDAY)
    printed = words(quarter_pdf(evaluate(desk, Q4, LATER), Office()), tmp_path)
    assert f"core, triwulan 2026Q4: sidik {'b' * 16}… sampai 23-11-2026 09.00" in printed
    assert "a" * 16 not in printed and "edge, triwulan" not in printed


def test_a_quarter_is_written_with_its_line_or_without() -> None:
    assert quarter("2026Q3") == quarter("2026-Q3")
    assert (month("2026-12").since, month("2026-12").until) == (date(2026, 12, 1), date(2027, 1, 1))
    with pytest.raises(TrackerError, match="write for example 2026-09"):
        month("2026-13")


@pytest.mark.parametrize("text", ["2026", "2026-Q5", "Q1-2026", "2026-q1", "0000-Q1"])
def test_a_quarter_that_is_none_is_a_sentence(text: str) -> None:
    with pytest.raises(TrackerError, match="write for example 2026-Q3"):
        quarter(text)


def test_the_last_quarter_ends_with_the_year() -> None:
    assert (Q4.since, Q4.until) == (date(2026, 10, 1), date(2027, 1, 1))


def test_the_command_writes_both_papers_or_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "tracker.yaml"
    city = Path("inventory/example/city.yaml").absolute()
    config.write_text(f"inventory: {city}\ndatabase: {tmp_path}/t.db\nfiles: {tmp_path}/files\n")
    assert main(["init", "--config", str(config)]) == 0
    assert main(["report", "quarter", "2026-Q4", "--out", str(tmp_path / "new"), "--config", str(config)]) == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert sorted(first) == [f"evaluasi-2026-Q4.{form}" for form in ("json", "pdf", "xlsx")]
    assert main(["report", "quarter", "2026Q4", "--out", str(tmp_path / "new"), "--config", str(config)]) == 0
    for form in ("json", "xlsx"):
        assert (tmp_path / "new" / f"evaluasi-2026-Q4.{form}").read_bytes() == first[f"evaluasi-2026-Q4.{form}"]
    assert main(["report", "quarter", "2026-Q4", "--out", str(config), "--config", str(config)]) == 1
    assert "name another folder with --out" in capsys.readouterr().err


def test_a_note_does_not_change_the_figures(desk: Desk) -> None:
    number = request(desk)
    before = evaluate(desk, Q4, LATER)
    run(desk, number, Note("internal_note", {"text": "catatan"}), HEAD, MONDAY + timedelta(minutes=1))
    assert evaluate(desk, Q4, LATER) == before


def lines(content: bytes, folder: Path) -> str:
    (folder / "pack.pdf").write_bytes(content)
    command = ["pdftotext", "-layout", str(folder / "pack.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def words(content: bytes, folder: Path) -> str:
    return " ".join(lines(content, folder).split())


def test_the_anchor_of_the_chains_printed_with_it_can_be_read_back_from_the_paper(desk: Desk, tmp_path: Path) -> None:
    evaluation, anchor = figures(desk), take_anchor(desk.store, LATER)
    printed = lines(quarter_pdf(evaluation, Office(), anchor=anchor.text), tmp_path)
    assert "Jangkar rantai audit" in printed and read_anchor(printed, "paper") == anchor
    assert "Jangkar" not in lines(quarter_pdf(evaluation, Office()), tmp_path)
