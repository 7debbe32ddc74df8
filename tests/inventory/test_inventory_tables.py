"""Lists of offices as people keep them: the files of the field with their right values, and more of each kind."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.from_table import TableProposal, propose_from_table
from inventory.proposal import proposal_text
from inventory.reading import InventoryError, parse_city

FIELD = Path(__file__).parent / "tables"
HEAD = "Nama;Subnet;Perangkat;Port;Bandwidth\n"


def read(folder: Path, text: str | bytes, name: str = "opd.csv") -> TableProposal:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return propose_from_table(folder / name)


def offices(table: TableProposal) -> list[tuple[str, str, str]]:
    """Name, networks and speed of each office, as the city file that is proposed says them once it is checked."""
    city = parse_city(proposal_text(table.proposal))
    speeds = {link.opd: link.speed * 8 // 1000 for link in city.links if link.opd}
    return [(opd.name, " ".join(map(str, opd.prefixes)), f"{speeds[opd.code]}k") for opd in city.opds]


def verdicts(table: TableProposal) -> list[str]:
    return [line.split()[2] for line in table.preview.splitlines() if line.startswith("baris")]


@pytest.mark.parametrize("name", ["10_utf16.csv", "12_sep.csv", "04_title_rows.csv"])
def test_a_file_of_any_form_is_the_same_list(name: str) -> None:
    assert offices(propose_from_table(FIELD / name)) == [("Dinas Kesehatan", "10.30.1.0/24", "50000k")]


def test_excel_with_semicolons_and_its_mark_is_understood_whole() -> None:
    table = propose_from_table(FIELD / "01_semicolon_bom.csv")
    assert verdicts(table) == ["dipahami", "dipahami"]
    assert offices(table) == [
        ("Dinas Kesehatan", "10.30.1.0/24", "50000k"),
        ("Dinas Pendidikan", "10.30.2.0/24", "100000k"),
    ]


def test_several_networks_in_a_cell_are_all_read() -> None:
    table = propose_from_table(FIELD / "03_and.csv")
    assert [networks for _, networks, _ in offices(table)] == [
        "10.1.2.0/24 10.1.3.0/24",
        "10.1.4.0/24 10.1.5.0/24",
        "10.1.6.0/24 10.1.7.0/24",
        "10.1.8.0/24 10.1.9.0/24",
    ]
    assert verdicts(table) == ["dipahami", "dipahami", "ditebak", "dipahami"]


def test_a_host_a_mask_and_a_range_are_their_network_and_said() -> None:
    table = propose_from_table(FIELD / "06_hostaddr.csv")
    assert [networks for _, networks, _ in offices(table)] == [f"10.30.{n}.0/24" for n in range(1, 6)]
    assert verdicts(table) == ["ditebak", "dipahami", "dipahami", "ditebak", "ditebak"]
    assert "10.30.1.1/24 dibaca 10.30.1.0/24 / 10.30.1.1/24 was read as 10.30.1.0/24" in table.preview
    assert "# unsure: row 2, opd dinas-kesehatan: 10.30.1.1/24 dibaca" in proposal_text(table.proposal)


def test_what_merged_cells_leave_blank_is_as_above_and_sums_are_left_out() -> None:
    table = propose_from_table(FIELD / "07_merged.csv")
    city = parse_city(proposal_text(table.proposal))
    assert [(opd.name, opd.district) for opd in city.opds] == [(f"Kelurahan {letter}", "Utara") for letter in "ABC"]
    ends = [(link.upstream.device, link.upstream.interface) for link in city.links if link.opd]
    assert ends == [("mt", "ether1"), ("mt", "ether2"), ("mt", "ether3")]
    assert [speed for _, _, speed in offices(table)] == ["50000k"] * 3
    assert verdicts(table) == ["dipahami", "ditebak", "ditebak", "dilewati"]


def test_speeds_as_they_are_written_are_read_and_what_is_unsure_is_said() -> None:
    table = propose_from_table(FIELD / "08_speeds.csv")
    speeds = [speed for _, _, speed in offices(table)]
    fifty = "50000k"
    assert speeds[:9] == [*[fifty] * 4, "1000000k", "1500000k", *[fifty] * 3]
    assert speeds[9:] == [fifty, fifty, "51200k", fifty, "100000k"]
    unsure = [place for place, verdict in enumerate(verdicts(table)) if verdict == "ditebak"]
    assert unsure == [3, 6, 8, 10, 11, 12, 13]


def test_an_old_excel_an_unclosed_mark_and_a_web_page_are_refused_with_what_to_do(tmp_path: Path) -> None:
    for content, reason in (
        (b"\xd0\xcf\x11\xe0" + bytes(600), "save it as XLSX without one"),
        (b"<html><table><tr><td>Nama</td></tr></table>", "is a web page under the name of a table"),
        (b'Nama;Subnet\n"Dinas;10.1.0.0/24\n' + b"Dinas X;10.1.0.0/24\n" * 500, "a quotation mark"),
        (b"PK\3\4 no workbook", "cannot be read as XLSX"),
        (b"Dinas Kesehatan;10.1.0.0/24\n", "the column"),
    ):
        with pytest.raises(InventoryError, match=reason):
            read(tmp_path, content)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (HEAD + "Dinas Kesehatan;10.30.1.0/24;mt;ether1;50 Mbps\n", "utf-16-le"),
        (HEAD + "Dinas Kesehatan;10.30.1.0/24;mt;ether1;50 Mbps\n", "utf-16-be"),
        ((HEAD + "Dinas Kesehatan;10.30.1.0/24;mt;ether1;50 Mbps\n").replace(";", "\t"), "utf-16"),
        ((HEAD + "Dinas Kesehatan;10.30.1.0/24;mt;ether1;50 Mbps\n").replace(";", "|"), "utf-8"),
        ('"sep=;"\r\n' + HEAD + "Dinas Kesehatan;10.30.1.0/24;mt;ether1;50 Mbps\r\n", "utf-16"),
        ("sep=\t\n" + (HEAD + "Dinas Kesehatan;10.30.1.0/24;mt;ether1;50 Mbps\n").replace(";", "\t"), "utf-8-sig"),
        ('Nama,Subnet,Bandwidth\n"Dinas Kesehatan","10.30.1.0/24","50 Mbps"\n', "cp1252"),
        ((HEAD + "Dinas Kesehatan;10.30.1.0/24;mt;ether1;50 Mbps\n").replace("\n", "\r"), "utf-8"),
        (
            "DAFTAR OPD, KOTA X, 2026;;\nper 1 Januari, diolah;;\n;;\nNama;Subnet;Bandwidth\n"
            "Dinas Kesehatan;10.30.1.0/24;50 Mbps\n",
            "utf-8",
        ),
        ("No;Nama;Subnet;Bandwidth\n(1);(2);(3);(4)\n1;Dinas Kesehatan;10.30.1.0/24;50 Mbps\n", "utf-8"),
        ("Nama;IP Address;Netmask;Bandwidth\nDinas Kesehatan;10.30.1.1;255.255.255.0;50 Mbps\n", "utf-8"),
        ("NAMA PERANGKAT DAERAH;IP GATEWAY;BANDWIDTH (Mbps)\nDinas Kesehatan;10.30.1.1/24;50\n", "utf-8"),
        (
            "Instansi;Segmen IP;Bandwidth;\n;;Download (Mbps);Upload (Mbps)\nDinas Kesehatan;10.30.1.0/24;50;20\n",
            "utf-8",
        ),
        (
            "Nama PIC;Organisasi Perangkat Daerah (OPD);Blok IP;Kapasitas (Kbps)\n"
            "Ani Contoh;Dinas Kesehatan;10.30.1.0/24;50000\n",
            "utf-8",
        ),
    ],
)
def test_more_forms_of_the_same_list(text: str, encoding: str, tmp_path: Path) -> None:
    assert offices(read(tmp_path, text.encode(encoding))) == [("Dinas Kesehatan", "10.30.1.0/24", "50000k")]


@pytest.mark.parametrize(
    "text",
    [
        '"Nama;Subnet;Bandwidth"\n"Dinas Kesehatan;10.30.1.0/24;50 Mbps"\n',
        'Nama;Subnet;Bandwidth\n"=""Dinas Kesehatan""";"=""10.30.1.0/24""";50 Mbps\n',
        'Nama;"Sub\nnet";"Band\nwidth\n(Mbps)"\nDinas Kesehatan;10.30.1.0/24;50\n',
        "OPD/UPTD;Sub Net;Bandwith\nDinas Kesehatan;10.30.1.0/24;50 Mbps\n",
        "namaOpd;ipSubnet;bandwidthKbps\nDinas Kesehatan;10.30.1.0/24;50000\n",
        "nama_opd;subnet;bandwidth_kbps\nDinas Kesehatan;10.30.1.0/24;50000\n",
        "Unit Organisasi;IP;CIDR;Capacity\nDinas Kesehatan;10.30.1.1;/24;50 Mbps\n",
        "Pelanggan;IP LAN;Paket\nDinas Kesehatan;10.30.1.0/24;50 Mbps\n",
        "Nama;IP Awal;IP Akhir;Bandwidth\nDinas Kesehatan;10.30.1.1;10.30.1.254;50 Mbps\n",
        "Nama;Subnet;Bandwidth;Satuan\nDinas Kesehatan;10.30.1.0/24;0,05;Gbps\n",
        "Nama;Subnet;Bandwidth Lama;Bandwidth Baru\nDinas Kesehatan;10.30.1.0/24;10 Mbps;50 Mbps\n",
    ],
)
def test_other_spellings_of_the_same_list(text: str, tmp_path: Path) -> None:
    assert offices(read(tmp_path, text)) == [("Dinas Kesehatan", "10.30.1.0/24", "50000k")]


def test_the_speed_of_an_office_of_several_rows_is_the_largest_whichever_row_says_it(tmp_path: Path) -> None:
    rows = (
        "A;10.1.0.0/24;mt;e1;30 Mbps\nA;10.1.1.0/24;mt;e1;50 Mbps\nB;10.2.0.0/24;mt;e2;\nB;10.3.0.0/24;mt;e2;20 Mbps\n"
    )
    table = read(tmp_path, HEAD + rows)
    assert [speed for _, _, speed in offices(table)] == ["50000k", "20000k"]
    assert "other rows have another speed; the largest was taken, 50 Mbit/s" in table.preview
    assert "the speed is that of another row, 20 Mbit/s" in table.preview


def test_several_rows_of_one_office_are_one_office(tmp_path: Path) -> None:
    rows = HEAD + "Dinas A;10.1.0.0/24;mt;e1;50 Mbps\n;10.1.1.0/24;;;\nDINAS A;10.1.2.0/24;sw;e2;50 Mbps\n"
    table = read(tmp_path, rows + "Dinas B;10.1.3.0/24;sda;e3;sda\n")
    assert [(name, networks) for name, networks, _ in offices(table)] == [
        ("Dinas A", "10.1.0.0/24 10.1.1.0/24 10.1.2.0/24"),
        ("Dinas B", "10.1.3.0/24"),
    ]
    assert "the second port sw/e2 was left out" in table.preview


def test_refused_rows_name_row_column_value_and_next_step_and_the_others_come_in(tmp_path: Path) -> None:
    rows = (
        "Dinas A;10.1.0.0/24;mt;e1;50 Mbps\nDinas B;10.1.0.128/25;mt;e2;50 Mbps\nDinas C;10.3.0.0/33;mt;e3;50\n"
        "Dinas D;10.4.0.0/24;mt;e4;٥٠ Mbps\nDinas E;10.5.0.0/24;mt;e5;9,999,999 Gbit/s\nDinas F;;mt;e6;50\n"
        "Dinas G;10.6.0.0/24;mt;e7;50 Mbps / 1 Gbps\n"
    )
    table = read(tmp_path, HEAD + rows)
    assert [name for name, _, _ in offices(table)] == ["Dinas A"]
    assert verdicts(table) == ["dipahami", *["ditolak"] * 6]
    told = [f"{problem.line} {problem.message}" for problem in table.problems]
    for start, line in zip(
        (
            "3 office dinas-b: prefix 10.1.0.128/25 overlaps 10.1.0.0/24 of Dinas A (row 2)",
            "4 office dinas-c: prefix 10.3.0.0/33 is not a network; write for example 10.1.0.0/24",
            "5 office dinas-d: '٥٠ Mbps' holds the digit '٥'; write it with the digits 0 to 9 (column Bandwidth)",
            "6 office dinas-e: '9,999,999 Gbit/s' is more than 1 Tbit/s",
            "7 office dinas-f: prefix (kosong / empty) is not a network",
            "8 office dinas-g: '50 Mbps / 1 Gbps' mixes units",
        ),
        told,
        strict=True,
    ):
        assert line.startswith(start)
    assert "(kolom Bandwidth)" in told[2]
    assert "# unsure: row 4 was left out: office dinas-c: prefix 10.3.0.0/33" in proposal_text(table.proposal)


def test_sums_notes_titles_of_parts_and_repeated_headings_are_left_out_and_said(tmp_path: Path) -> None:
    rows = (
        "Kecamatan Utara;;;;\nDinas A;10.1.0.0/24;mt;e1;50 Mbps\nSUB TOTAL;;;;50\n;;;;\nWILAYAH SELATAN;;;;\n"
        + HEAD
        + "Dinas B;10.2.0.0/24;mt;e2;50 Mbps\nTotal Bandwidth;;;;100 Mbps\n;;;;Kota X, 1 November 2026\n"
    )
    table = read(tmp_path, HEAD + rows)
    assert [(opd.name, opd.district) for opd in parse_city(proposal_text(table.proposal)).opds] == [
        ("Dinas A", "Utara"),
        ("Dinas B", "SELATAN"),
    ]
    assert verdicts(table).count("dilewati") == 6


def test_two_offices_of_one_code_are_refused(tmp_path: Path) -> None:
    table = read(tmp_path, "Kode;Nama;Subnet\ndin;Dinas A;10.1.0.0/24\ndin;Dinas B;10.2.0.0/24\n")
    assert "code din is that of Dinas A (row 2); give another one" in table.problems[0].message


def test_a_note_below_the_table_is_no_office(tmp_path: Path) -> None:
    rows = "Dinas A;10.1.0.0/24;mt;e1;50 Mbps\n;;;;\nMengetahui,;;;;\nKepala Dinas;;;;\n"
    assert verdicts(read(tmp_path, HEAD + rows)) == ["dipahami", "dilewati", "dilewati"]


def test_a_separator_inside_a_cell_is_refused_not_read_as_another_rate(tmp_path: Path) -> None:
    table = read(tmp_path, "Nama,Subnet,Bandwidth\nDinas A,10.1.0.0/24,50 Mbps\nDinas B,10.2.0.0/24,1,5 Gbps\n")
    assert [problem.line for problem in table.problems] == [3]
    assert "more cells than headings; put a cell that holds the separator between quotation marks" in str(
        table.problems
    )


def test_a_number_without_a_unit_among_kilobits_is_refused(tmp_path: Path) -> None:
    rows = "A;10.1.0.0/24;mt;e1;512 kbps\nB;10.2.0.0/24;mt;e2;2 Mbps\nC;10.3.0.0/24;mt;e3;512\n"
    table = read(tmp_path, HEAD + rows)
    assert [speed for _, _, speed in offices(table)] == ["512k", "2000k"]
    assert "'512' has no unit in a column with kbit/s; write its unit" in table.problems[0].message


def test_a_mask_in_the_column_of_networks_belongs_to_the_address_beside(tmp_path: Path) -> None:
    table = read(tmp_path, "Nama;IP;Subnet\nA;10.1.0.1;255.255.255.0\nB;;255.255.255.0\n")
    assert [networks for _, networks, _ in offices(table)] == ["10.1.0.0/24"]
    assert "255.255.255.0 is no office's address (mask, multicast, special)" in table.problems[0].message


def test_a_port_of_two_offices_is_said(tmp_path: Path) -> None:
    table = read(tmp_path, HEAD + "A;10.1.0.0/24;mt;e1;50 Mbps\nB;10.2.0.0/24;mt;e1;50 Mbps\n")
    assert verdicts(table) == ["dipahami", "ditebak"] and "port mt/e1 is that of A too" in table.preview


@given(st.binary(max_size=200) | st.text('Nama;Subnet\t,|"\n10./24 Mbps=', max_size=200).map(str.encode))
def test_no_file_breaks_the_reader(raw: bytes) -> None:
    with TemporaryDirectory() as folder, suppress(InventoryError):
        read(Path(folder), raw)
