"""The opening balance from lists as offices keep them: what is read, guessed and refused, and who says yes."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tracker_office import CITY

from request_tracker.ledger.allocation import Allocation
from request_tracker.terminal.opening_balance import OpeningBalance, read_opening

MBIT = 125_000
HEAD = "opd;receive;transmit;guaranteed_receive;guaranteed_transmit\n"
NAME = CITY.opd("dinkes").name
LIKE_THE_FIELD = Allocation(5 * MBIT, 20 * MBIT, 5 * MBIT, 20 * MBIT)


def read(folder: Path, text: str) -> OpeningBalance:
    (folder / "alokasi.csv").write_text(text)
    return read_opening(folder / "alokasi.csv", CITY)


def test_a_list_saved_by_excel_is_read_and_certain() -> None:
    opening = read_opening(Path(__file__).parent / "lists" / "13_allocations_excel.csv", CITY)
    assert opening.allocations == {"dinkes": LIKE_THE_FIELD}
    assert (opening.problems, opening.certain) == ((), True)
    assert "baris    2  dipahami  dinkes  unduh 5 Mbit/s .. 20 Mbit/s  unggah 5 Mbit/s .. 20 Mbit/s" in opening.preview


def test_names_headings_and_units_of_an_office_are_read(tmp_path: Path) -> None:
    text = (
        "ALOKASI BANDWIDTH;;;;\nNo;Nama OPD;Batas unduh (Mbps);Batas unggah (Mbps);Jaminan unduh (Mbps);"
        f"Jaminan unggah (Mbps)\n1;{NAME.upper()};20;20;5;5\nJUMLAH;;20;20;5;5\n"
    )
    opening = read(tmp_path, text)
    assert opening.allocations == {"dinkes": LIKE_THE_FIELD}
    assert opening.certain and "1 dilewati" in opening.preview


def test_down_and_up_in_one_cell_and_an_upload_that_nobody_wrote_are_told(tmp_path: Path) -> None:
    both = read(tmp_path, "OPD;Bandwidth;CIR\ndinkes;50/20 Mbps;10/5 Mbps\n")
    assert both.allocations == {"dinkes": Allocation(10 * MBIT, 50 * MBIT, 5 * MBIT, 20 * MBIT)} and both.certain
    one = read(tmp_path, "OPD;Bandwidth;CIR\ndinkes;20 Mbps;5 Mbps\n")
    assert one.allocations == {"dinkes": LIKE_THE_FIELD} and not one.certain
    assert "unggah seperti Bandwidth / the upload was taken as Bandwidth" in one.preview


def test_a_workbook_is_read_like_a_text(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["Kode", "Unduh (Mbps)", "Unggah (Mbps)", "Jaminan unduh (Mbps)", "Jaminan unggah (Mbps)"])
    sheet.append(["dinkes", 20, 20, 5, 5])
    book.save(tmp_path / "alokasi.xlsx")
    assert read_opening(tmp_path / "alokasi.xlsx", CITY).allocations == {"dinkes": LIKE_THE_FIELD}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("tiada;20 Mbps;20 Mbps;5 Mbps;5 Mbps", "'tiada' is not an OPD of the city file; write its code"),
        ("dinkes;banyak;20 Mbps;5 Mbps;5 Mbps", "column receive: 'banyak' is not a rate"),
        ("dinkes;;20 Mbps;5 Mbps;5 Mbps", "column receive: empty; write for example 20 Mbit/s"),
        ("dinkes;٢٠ Mbps;20 Mbps;5 Mbps;5 Mbps", "holds the digit"),
        ("dinkes;20 Mbps/1 Gbps;20 Mbps;5 Mbps;5 Mbps", "mixes units"),
        ("dinkes;9999999 Gbps;20 Mbps;5 Mbps;5 Mbps", "is more than 1 Tbit/s"),
        ("dinkes;20/10 Mbps;20 Mbps;5 Mbps;5 Mbps", "column receive: two rates in one cell"),
    ],
)
def test_one_refused_row_names_its_line_and_column(row: str, reason: str, tmp_path: Path) -> None:
    opening = read(tmp_path, f"{HEAD}{row}\n")
    assert opening.allocations == {} and "1 ditolak / refused" in opening.preview
    assert opening.problems[0].startswith(f"{tmp_path}/alokasi.csv line 2: ") and reason in opening.problems[0]


def test_an_office_that_stands_twice_and_a_list_of_none_are_refused(tmp_path: Path) -> None:
    row = "dinkes;20 Mbps;20 Mbps;5 Mbps;5 Mbps\n"
    assert "line 3: dinkes stands twice" in read(tmp_path, f"{HEAD}{row}{row}").problems[0]
    assert "no row below is an allocation" in read(tmp_path, HEAD).problems[0]
