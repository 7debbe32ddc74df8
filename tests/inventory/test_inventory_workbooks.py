"""Lists of offices as Excel workbooks, written by openpyxl: merged cells, shown units, several sheets, formulas."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from inventory.from_table import TableProposal, propose_from_table
from inventory.proposal import proposal_text
from inventory.reading import InventoryError, parse_city
from inventory.tables import workbooks

HEAD = ["NO", "NAMA PERANGKAT DAERAH", "SUBNET", "PERANGKAT", "PORT", "BANDWIDTH (Mbps)"]


def book_with(*rows: Sequence[Any]) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    return book, sheet


def read(book: Workbook, folder: Path, sheet: str | None = None) -> TableProposal:
    book.save(folder / "opd.xlsx")
    return propose_from_table(folder / "opd.xlsx", sheet=sheet)


def lines(table: TableProposal) -> list[tuple[str, str, int]]:
    """Name, device with port, and speed in Mbit/s of every office."""
    city = parse_city(proposal_text(table.proposal))
    links = {link.opd: link for link in city.links if link.opd}
    return [
        (
            opd.name,
            f"{links[opd.code].upstream.device}/{links[opd.code].upstream.interface}",
            links[opd.code].speed // 125_000,
        )
        for opd in city.opds
    ]


def test_a_title_over_merged_cells_and_numbers_with_the_unit_in_the_heading_are_understood(tmp_path: Path) -> None:
    book, sheet = book_with(
        ["DAFTAR PERANGKAT DAERAH KOTA X"],
        [],
        HEAD,
        [1, "Dinas Kesehatan", "10.1.0.0/24", "mt-a", "ether1", 50],
        [2, "Dinas Sosial", "10.2.0.0/24", None, "ether2", None],
        [3, "RSUD", "10.3.0.0/24", None, "ether3", 1.5],
        ["JUMLAH", None, None, None, None, 101.5],
    )
    sheet.merge_cells("A1:F1")
    sheet.merge_cells("D4:D6")
    sheet.merge_cells("F4:F5")
    sheet.merge_cells("A7:E7")
    table = read(book, tmp_path)
    assert lines(table)[:2] == [("Dinas Kesehatan", "mt-a/ether1", 50), ("Dinas Sosial", "mt-a/ether2", 50)]
    assert lines(table)[2][:2] == ("RSUD", "mt-a/ether3")
    assert table.preview.endswith(
        "3 dipahami / understood, 0 ditebak / guessed, 0 ditolak / refused, 1 dilewati / left out\n"
    )


def test_an_office_merged_over_its_networks_is_one_office(tmp_path: Path) -> None:
    book, sheet = book_with(
        HEAD,
        [1, "Dinas A", "10.1.0.0/24", "mt", "ether1", 50],
        [None, None, "10.1.1.0/24", None, None, None],
        [2, "Dinas B", "10.2.0.0/24", "mt", "ether2", 20],
    )
    for column in "ABDEF":
        sheet.merge_cells(f"{column}2:{column}3")
    table = read(book, tmp_path)
    assert [len(opd.prefixes) for opd in parse_city(proposal_text(table.proposal)).opds] == [2, 1]
    assert "3 dipahami / understood, 0 ditebak" in table.preview


def test_a_heading_of_two_rows_is_read_with_the_unit_that_it_names_once(tmp_path: Path) -> None:
    book, sheet = book_with(
        ["No", "OPD", "IP Network", "Router", "Port", "Bandwidth (Mbps)", None],
        [None, None, None, None, None, "Download", "Upload"],
        [1, "Dinas A", "10.1.0.0/24", "mt", "ether1", 50, 20],
    )
    for column in "ABCDE":
        sheet.merge_cells(f"{column}1:{column}2")
    sheet.merge_cells("F1:G1")
    assert lines(read(book, tmp_path)) == [("Dinas A", "mt/ether1", 50)]


def test_the_unit_that_excel_shows_behind_a_number_counts(tmp_path: Path) -> None:
    book, sheet = book_with(["Nama", "Subnet", "Bandwidth"], ["A", "10.1.0.0/24", 1.5], ["B", "10.2.0.0/24", 512.125])
    for row, unit in ((2, "Gbps"), (3, "Mbps")):
        sheet.cell(row, 3).number_format = f'0.0" {unit}"'
    table = read(book, tmp_path)
    assert [speed for _, _, speed in lines(table)] == [1500, 512]
    assert "dibaca" not in table.preview.split("\n", 2)[2]


def test_money_and_shares_that_excel_shows_are_no_rates(tmp_path: Path) -> None:
    formats = ('"Rp"#,##0', '_-"Rp"* #,##0_-', "[$Rp-421]#,##0", "0%", "General")
    rows = [[f"Dinas {place}", f"10.{place}.0.0/24", 500] for place in range(len(formats))]
    book, sheet = book_with(["Nama", "Subnet", "Bandwidth (Mbps)"], *rows)
    for place, form in enumerate(formats):
        sheet.cell(place + 2, 3).number_format = form
    table = read(book, tmp_path)
    assert [speed for _, _, speed in lines(table)] == [500]
    assert [problem.line for problem in table.problems] == [2, 3, 4, 5]
    assert "'Rp 500' is not a rate" in str(table.problems[0]) and "'50000 %' is not a rate" in str(table.problems[3])


def test_the_sheet_with_the_list_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    book, _ = book_with(["Catatan"])
    for name, office in (("OPD", "Dinas A"), ("OPD lama", "Dinas B")):
        other = book.create_sheet(name)
        other.append(["Nama", "Subnet"])
        other.append([office, "10.1.0.0/24"])
    table = read(book, tmp_path)
    assert [name for name, _, _ in lines(table)] == ["Dinas A"]
    assert "other sheets were not read: OPD lama (--sheet)" in table.preview
    assert [name for name, _, _ in lines(read(book, tmp_path, "OPD lama"))] == ["Dinas B"]
    with pytest.raises(InventoryError, match="there is no sheet 'OPD 2'"):
        read(book, tmp_path, "OPD 2")


def test_dates_that_excel_made_of_a_rate_and_formulas_without_a_result_are_said(tmp_path: Path) -> None:
    book, _ = book_with(
        ["Nama", "Subnet", "Bandwidth"],
        ["A", "10.1.0.0/24", datetime.date(2026, 10, 5)],
        ["B", "10.2.0.0/24", "=25*2"],
        ["C", "10.3.0.0/24", "50/20"],
    )
    table = read(book, tmp_path)
    assert "'2026-10-05 00:00:00' is not a rate" in table.problems[0].message
    assert "cell C3 is a formula without its result; open and save the file in Excel" in table.preview
    assert [name for name, _, _ in lines(table)] == ["B", "C"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, _ = book_with(["Nama", "Subnet"], ["A", "10.1.0.0/24"])
    monkeypatch.setattr(workbooks, "MAX_UNPACKED_BYTES", 100)
    with pytest.raises(InventoryError, match="cannot be read as XLSX"):
        read(book, tmp_path)


def test_a_parcel_of_another_program_is_refused(tmp_path: Path) -> None:
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w") as writer:
        writer.writestr("content.xml", "<office/>")
    (tmp_path / "opd.ods").write_bytes(parcel.getvalue())
    with pytest.raises(InventoryError, match="in Excel save it again as XLSX or CSV UTF-8"):
        propose_from_table(tmp_path / "opd.ods")
