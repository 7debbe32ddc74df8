"""A list of allocations as people keep it (CSV, XLSX) in, the changes of an opening balance and their preview out.

One row is one OPD, by its code or its name. A refusal of one row refuses all: the opening balance is admitted whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from inventory.model import City
from inventory.office_rows import OFFICES
from inventory.rate_texts import RateReading, read_rate
from inventory.rates import exact_rate
from inventory.sentences import MisreadError, Sentence
from inventory.tables.headings import TableColumn
from inventory.tables.preview import RowPreview, preview_text
from inventory.tables.reading import TableForm, read_table
from inventory.tables.records import Continuation, TableRecord
from request_tracker.ledger.allocation import Allocation

COLUMNS = ("opd", "receive", "transmit", "guaranteed_receive", "guaranteed_transmit")
ALLOCATIONS = TableForm(
    vocabulary={
        "name": OFFICES.vocabulary["name"],
        "opd": ("opd", "code", "kode", "kode opd", "singkatan", "kode skpd", "kode perangkat daerah"),
        "receive": (
            *("receive", "unduh", "download", "batas unduh", "unduh batas", "kecepatan unduh", "bandwidth download"),
            *(
                "bandwidth",
                "bw",
                "kecepatan",
                "alokasi",
                "alokasi bandwidth",
                "batas",
                "mir",
                "mir unduh",
                "mir download",
            ),
        ),
        "transmit": (
            *("transmit", "unggah", "upload", "batas unggah", "unggah batas", "kecepatan unggah", "bandwidth upload"),
            *("mir unggah", "mir upload"),
        ),
        "guaranteed_receive": (
            *("guaranteed receive", "jaminan unduh", "unduh jaminan", "cir unduh", "cir download", "jaminan", "cir"),
            *("jaminan download", "guaranteed", "garansi", "garansi unduh", "bandwidth jaminan"),
        ),
        "guaranteed_transmit": (
            *("guaranteed transmit", "jaminan unggah", "unggah jaminan", "cir unggah", "cir upload", "jaminan upload"),
            *("garansi unggah",),
        ),
    },
    needed=(("opd", "name"), ("receive",), ("guaranteed_receive",)),
    # An office without a rate is no continuation of the one above: each row says its own.
    blanks=Continuation(("opd", "name"), (), ()),
)


@dataclass(frozen=True)
class OpeningBalance:
    """The allocation of each OPD, the preview of every row, what was refused, and whether all of it is certain."""

    allocations: Mapping[str, Allocation]
    preview: str
    problems: tuple[str, ...]
    certain: bool


def read_opening(path: Path, city: City, sheet: str | None = None) -> OpeningBalance:
    """Read the list. Raises InventoryError where the file has none."""
    table = read_table(path, ALLOCATIONS, sheet)
    allocations: dict[str, Allocation] = {}
    rows = [_row(record, table.heading.columns, city, allocations) for record in table.records]
    problems = tuple(f"{path} line {row.line}: {refusal.english}" for row in rows for refusal in row.refusals)
    if not rows:
        problems = (f"{path} line {table.heading.line}: no row below is an allocation",)
    certain = not table.notes and not any(row.guesses for row in rows)
    return OpeningBalance(allocations, preview_text(table, rows), problems, certain)


def _row(
    record: TableRecord, columns: Mapping[str, TableColumn], city: City, allocations: dict[str, Allocation]
) -> RowPreview:
    """One row, put into ``allocations`` where nothing of it is refused."""
    text = record.texts.get("opd") or record.texts.get("name", "")
    code, refusals = _opd(text, city, allocations)
    try:
        allocation, guesses = _allocation(record.texts, columns)
    except MisreadError as error:
        return RowPreview(record.line, code or text, (), (*refusals, error.sentence))
    if code and not refusals:
        allocations[code] = allocation
    return RowPreview(record.line, f"{code or text}  {_echo(allocation)}", tuple(guesses), tuple(refusals))


def _opd(text: str, city: City, earlier: Iterable[str]) -> tuple[str, list[Sentence]]:
    """The OPD of a code or of a whole name, and why it is none."""
    plain = " ".join(text.split()).casefold()
    codes = [opd.code for opd in city.opds if plain in (opd.code, opd.name.casefold())]
    if len(codes) != 1:
        unknown = (
            f"“{text}” bukan OPD di berkas kota; tulis kodenya",
            f"{text!r} is not an OPD of the city file; write its code",
        )
        return "", [Sentence(*unknown)]
    if codes[0] in earlier:
        return codes[0], [Sentence(f"{codes[0]} tertulis dua kali", f"{codes[0]} stands twice")]
    return codes[0], []


def _allocation(texts: Mapping[str, str], columns: Mapping[str, TableColumn]) -> tuple[Allocation, list[Sentence]]:
    guesses: list[Sentence] = []
    rates: dict[str, int] = {}
    for receive, transmit in (("receive", "transmit"), ("guaranteed_receive", "guaranteed_transmit")):
        down = _rate(texts, columns, receive, guesses)
        if texts.get(transmit):
            up = _rate(texts, columns, transmit, guesses)
            if any(reading.transmit is not None for reading in (down, up)):
                raise _refusal(columns[receive], "dua kecepatan dalam satu sel", "two rates in one cell")
            rates[transmit] = up.receive
        elif down.transmit is not None:
            rates[transmit] = down.transmit
        else:
            rates[transmit] = down.receive
            title = columns[receive].title
            guesses.append(Sentence(f"unggah seperti {title}", f"the upload was taken as {title}"))
        rates[receive] = down.receive
    return Allocation(
        rates["guaranteed_receive"], rates["receive"], rates["guaranteed_transmit"], rates["transmit"]
    ), guesses


def _rate(
    texts: Mapping[str, str], columns: Mapping[str, TableColumn], key: str, guesses: list[Sentence]
) -> RateReading:
    if not texts.get(key):
        raise _refusal(columns[key], "kosong; tulis misalnya 20 Mbit/s", "empty; write for example 20 Mbit/s")
    try:
        reading = read_rate(texts[key], columns[key].unit)
    except MisreadError as error:
        raise _refusal(columns[key], *error.sentence) from error
    guesses += reading.guesses
    return reading


def _refusal(column: TableColumn, indonesian: str, english: str) -> MisreadError:
    return MisreadError(f"kolom {column.title}: {indonesian}", f"column {column.title}: {english}")


def _echo(allocation: Allocation) -> str:
    ways = (
        ("unduh", allocation.receive_guaranteed, allocation.receive_ceiling),
        ("unggah", allocation.transmit_guaranteed, allocation.transmit_ceiling),
    )
    return "  ".join(f"{way} {exact_rate(guaranteed)} .. {exact_rate(ceiling)}" for way, guaranteed, ceiling in ways)
