"""Records of a table in, offices as the city file knows them out; each row with what was guessed and refused. Pure.

Several rows of one office are one office; a network that another row has already is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_interface

from inventory.model import Network
from inventory.prefix_texts import read_prefixes
from inventory.prefixes import overlaps
from inventory.proposal import slug
from inventory.rate_texts import RateReading, read_rate, scale_of, unit_of
from inventory.rates import exact_rate
from inventory.sentences import MisreadError, Sentence
from inventory.tables.headings import TableColumn
from inventory.tables.preview import RowPreview
from inventory.tables.reading import Table, TableForm
from inventory.tables.records import Continuation, TableRecord

# Of two keys with equally long phrases in one heading the later one wins: "Nama Router" is a router.
OFFICES = TableForm(
    vocabulary={
        "name": (
            *("name", "nama", "nama opd", "opd", "perangkat daerah", "nama perangkat daerah", "skpd", "nama skpd"),
            *("organisasi perangkat daerah", "nama organisasi perangkat daerah", "unit kerja", "nama unit kerja"),
            *("instansi", "nama instansi", "satuan kerja", "nama satuan kerja", "satker", "dinas", "nama dinas"),
            *("kantor", "nama kantor", "office", "lokasi", "nama lokasi", "skpd unit kerja", "opd unit kerja"),
            *("unit organisasi", "nama unit organisasi", "pelanggan", "nama pelanggan", "pengguna", "nama pengguna"),
            *("puskesmas", "nama puskesmas", "sekolah", "nama sekolah", "site", "nama site", "badan", "lembaga"),
        ),
        "code": (
            "code",
            "kode",
            "kode opd",
            "kode skpd",
            "singkatan",
            "kode perangkat daerah",
            "kode satker",
            "kode unit",
        ),
        "district": ("district", "kecamatan", "wilayah", "kec", "nama kecamatan", "distrik"),
        "address": (
            "address",
            "alamat ip",
            "ip",
            "ip address",
            "gateway",
            "ip gateway",
            "ip router",
            "alamat ip router",
        ),
        "prefixes": (
            *("prefixes", "prefix", "subnet", "network", "jaringan", "ip network", "network ip", "ip lan", "ip lokal"),
            *("blok ip", "segmen ip", "segment ip", "ip segment", "alokasi ip", "ip subnet", "subnet ip", "ip private"),
            *("network address", "alamat jaringan", "ip jaringan", "rentang ip", "range ip", "ip range", "ip opd"),
            *("alamat network", "lan", "subnet lan", "subnetwork", "ip subnetwork", "cidr", "ip cidr"),
        ),
        "first": ("ip awal", "alamat awal", "ip address awal", "ip mulai", "start ip", "ip start", "first ip"),
        "last": ("ip akhir", "alamat akhir", "ip address akhir", "ip selesai", "end ip", "ip end", "last ip"),
        "mask": ("mask", "netmask", "subnet mask", "net mask", "prefix length"),
        "device": (
            *(
                "device",
                "perangkat",
                "router",
                "nama perangkat",
                "nama router",
                "switch",
                "nama switch",
                "pop",
                "nama pop",
            ),
            *("mikrotik", "perangkat jaringan", "nama perangkat jaringan", "router distribusi", "switch distribusi"),
            *("perangkat distribusi", "nama device", "hub"),
        ),
        "interface": (
            "interface",
            "antarmuka",
            "port",
            "nama port",
            "port switch",
            "port router",
            "ether",
            "nama interface",
        ),
        "speed": (
            *("speed", "kecepatan", "bandwidth", "bw", "kapasitas", "laju", "besar bandwidth", "alokasi bandwidth"),
            *("bandwidth internet", "kapasitas bandwidth", "kecepatan internet", "alokasi bw", "rate", "capacity"),
            *("paket", "paket bandwidth", "paket internet", "kuota bandwidth", "layanan bandwidth"),
        ),
        "receive": ("download", "unduh", "down", "downlink", "bandwidth download", "kecepatan unduh", "dl"),
        "unit": ("satuan", "satuan bandwidth", "satuan kecepatan", "satuan bw", "unit kecepatan", "unit bandwidth"),
        "transmit": ("upload", "unggah", "up", "uplink", "bandwidth upload", "kecepatan unggah", "ul"),
    },
    needed=(("name", "code"), ("prefixes", "address", "first")),
    blanks=Continuation(
        ("name", "code"), ("prefixes", "address", "first"), ("district", "device"), ("speed", "receive", "transmit")
    ),
)


_RATES = ("speed", "receive", "transmit")
# Where some cells are in kbit/s a bare number of the same column may be a thousand times as much as it seems.
MIXED = "?"
# A mask alone, as some lists have it in a column called Subnet.
_MASK_ALONE = re.compile(r"/?(?:255(?:\.[0-9]{1,3}){3}|[0-9]{1,2})")


@dataclass(frozen=True)
class OfficeRow:
    """One row as an office, or the sentences of why it is none."""

    line: int
    code: str = ""
    name: str = ""
    district: str = ""
    networks: tuple[Network, ...] = ()
    address: str = ""
    device: str = ""
    interface: str = ""
    speed: int | None = None
    guesses: tuple[Sentence, ...] = ()
    refusals: tuple[Sentence, ...] = field(default=())

    def preview(self) -> RowPreview:
        """What was understood of it, for people."""
        port = "/".join(filter(None, (self.device, self.interface)))
        speed = exact_rate(self.speed) if self.speed else ""
        networks = " ".join(str(network) for network in self.networks)
        echo = "  ".join(filter(None, (self.code, self.name, self.district, networks, self.address, port, speed)))
        return RowPreview(self.line, echo, self.guesses, self.refusals)


def office_rows(table: Table) -> list[OfficeRow]:
    """Every record read by itself, then beside the others: codes that clash and networks of two offices are refused."""
    columns = {key: _with_unit(column, key, table.records) for key, column in table.heading.columns.items()}
    rows = [_office(record, columns) for record in table.records]
    return _without_clashes(_one_speed(_same_names(rows)))


def _with_unit(column: TableColumn, key: str, records: Iterable[TableRecord]) -> TableColumn:
    """The column with the unit of its bare numbers: MIXED where its heading names none and some cells are in kbit/s."""
    if column.unit or key not in _RATES:
        return column
    scales = {scale for record in records if (scale := scale_of(record.texts.get(key, "")))}
    return replace(column, unit=MIXED) if "k" in scales else column


def _office(record: TableRecord, columns: Mapping[str, TableColumn]) -> OfficeRow:
    texts = record.texts
    name = " ".join(texts.get("name", "").split())
    code = slug(texts.get("code") or name)
    row = OfficeRow(record.line, code, name or texts.get("code", ""), texts.get("district", ""))
    if record.fault:
        return replace(row, refusals=(record.fault,))
    if not code:
        nameless = Sentence("baris ini tanpa kode dan tanpa nama OPD", "the office has neither a code nor a name")
        return replace(row, refusals=(nameless,))
    guesses = [
        Sentence(f"{title} kosong, dipakai yang di atasnya", f"{title} is empty, the cell above was taken")
        for title in record.as_above
    ]
    row = replace(row, device=slug(texts.get("device", "")), interface=texts.get("interface", ""))
    try:
        networks, address = _networks(texts, columns, guesses)
        row = replace(row, networks=networks, address=address)
        row = replace(row, speed=_speed(texts, columns, guesses))
    except MisreadError as error:
        return replace(row, guesses=tuple(guesses), refusals=(error.sentence,))
    return replace(row, guesses=tuple(guesses))


def _networks(
    texts: Mapping[str, str], columns: Mapping[str, TableColumn], guesses: list[Sentence]
) -> tuple[tuple[Network, ...], str]:
    """The office's networks and its own address; where no column has networks, the addresses with their mask are it."""
    key = "prefixes" if "prefixes" in columns else "address" if "address" in columns else "first"
    mask = texts.get("mask", "")
    if texts.get("first") and texts.get("last") and not texts.get("prefixes"):
        guesses += (reading := read_prefixes(f"{texts['first']} - {texts['last']}")).guesses
        return reading.networks, _address(texts.get("address", ""), guesses)
    if texts.get("address") and _MASK_ALONE.fullmatch(texts.get("prefixes", "")):
        key, mask = "address", texts["prefixes"]
    try:
        reading = read_prefixes(texts.get(key, ""), mask)
    except MisreadError as error:
        raise _in_column(error, columns[key]) from error
    guesses += reading.guesses
    return reading.networks, _address(texts.get("address", ""), guesses) if key == "prefixes" else ""


def _address(text: str, guesses: list[Sentence]) -> str:
    """The address of the office's router, without its mask; what is none is left out and said."""
    if not text:
        return ""
    try:
        return str(ip_interface(text).ip if "/" in text else ip_address(text))
    except ValueError:
        guesses.append(Sentence(f"alamat “{text}” tidak dipakai", f"the address {text!r} was left out"))
        return ""


def _speed(texts: Mapping[str, str], columns: Mapping[str, TableColumn], guesses: list[Sentence]) -> int | None:
    """The speed of the office's line: the larger one where down and up are told apart."""
    readings: list[RateReading] = []
    for key in _RATES:
        if texts.get(key):
            try:
                # A heading over two columns names the unit once; a column beside names it for each row.
                unit = unit_of(texts.get("unit", ""))
                if not unit:
                    _check_unit(texts[key], columns[key])
                readings.append(read_rate(texts[key], unit or columns[key].unit))
            except MisreadError as error:
                raise _in_column(error, columns[key]) from error
            guesses += readings[-1].guesses
    rates = {rate for reading in readings for rate in (reading.receive, reading.transmit) if rate}
    if len(rates) > 1:
        largest = exact_rate(max(rates))
        guesses.append(
            Sentence(f"kecepatan link dari yang terbesar, {largest}", f"the link's speed is the larger rate, {largest}")
        )
    return max(rates, default=None)


def _check_unit(text: str, column: TableColumn) -> None:
    if column.unit == MIXED and not scale_of(text) and not unit_of(text):
        raise MisreadError(
            f"“{text}” tanpa satuan, sedangkan kolomnya memuat kbit/s; tulis satuannya",
            f"{text!r} has no unit in a column with kbit/s; write its unit",
        )


def _in_column(error: MisreadError, column: TableColumn) -> MisreadError:
    indonesian, english = error.sentence
    return MisreadError(f"{indonesian} (kolom {column.title})", f"{english} (column {column.title})")


def _same_names(rows: Iterable[OfficeRow]) -> list[OfficeRow]:
    """One code has one name: two offices of one code would become one."""
    names: dict[str, OfficeRow] = {}
    checked = []
    for row in rows:
        first = names.setdefault(row.code, row) if row.code and not row.refusals else row
        if first.name.casefold() != row.name.casefold():
            clash = Sentence(
                f"kode {row.code} sudah milik {first.name} (baris {first.line}); beri kode lain",
                f"code {row.code} is that of {first.name} (row {first.line}); give another one",
            )
            row = replace(row, refusals=(*row.refusals, clash))
        checked.append(row)
    return checked


def _one_speed(rows: list[OfficeRow]) -> list[OfficeRow]:
    """Of several rows of one office the link has the largest speed, whichever row says it; told where they differ."""
    speeds: dict[str, set[int]] = {}
    for row in rows:
        if row.speed and not row.refusals:
            speeds.setdefault(row.code, set()).add(row.speed)
    return [_with_speed(row, speeds.get(row.code, set())) for row in rows]


def _with_speed(row: OfficeRow, speeds: set[int]) -> OfficeRow:
    if not speeds or row.refusals or speeds == {row.speed}:
        return row
    largest = exact_rate(max(speeds))
    if row.speed is None:
        sentence = Sentence(f"kecepatan dari baris lain, {largest}", f"the speed is that of another row, {largest}")
    else:
        sentence = Sentence(
            f"baris lain berkecepatan lain; dipakai yang terbesar, {largest}",
            f"other rows have another speed; the largest was taken, {largest}",
        )
    return replace(row, speed=max(speeds), guesses=(*row.guesses, sentence))


def _without_clashes(rows: list[OfficeRow]) -> list[OfficeRow]:
    """A network that lies in another office's is refused, in the row that stands further below."""
    owned = [
        (network, row.code, place) for place, row in enumerate(rows) if not row.refusals for network in row.networks
    ]
    clashes: dict[int, list[Sentence]] = {}
    for first, second in overlaps(owned):
        if first[1] != second[1]:
            owner = rows[first[2]]
            clashes.setdefault(second[2], []).append(
                Sentence(
                    f"prefix {second[0]} bertumpang dengan {first[0]} milik {owner.name} (baris {owner.line})",
                    f"prefix {second[0]} overlaps {first[0]} of {owner.name} (row {owner.line})",
                )
            )
    return [replace(row, refusals=(*row.refusals, *clashes.get(place, ()))) for place, row in enumerate(rows)]
