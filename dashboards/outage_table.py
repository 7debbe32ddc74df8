"""The table of outages, as the city board and the board of outages have it: columns beside its own in, a Panel out."""

from collections.abc import Sequence
from dataclasses import replace

from dashboards import questions as q
from dashboards.palette import BLUE, RED, SECONDS
from dashboards.panels import Heading, Panel
from dashboards.tables import Column, Label, table

_KINDS = {
    "device": ("perangkat inti mati", None),
    "link": ("tautan putus", None),
    "uplink": ("uplink putus", None),
    "opd": ("OPD terputus", None),
}
_STATES = {"waiting": ("belum diterima", RED), "taken": ("ditangani", BLUE)}


def outage_table(heading: Heading, more: Sequence[Column] = (), *, width: int, height: int) -> Panel:
    """A row for each root of an outage: what, since when, how many OPDs, its ticket and who has it."""
    columns = (
        Column("Lamanya", q.OUTAGE_AGES, SECONDS, ((None, RED),)),
        Column("OPD", "max by (root) (lebarpita_outage_offices_cut_off)"),
        *more,
    )
    labels = {
        "name": Label("Apa", links=(q.ROW_TO_ROOT,)),
        "root": Label("Akar", shown=False),
        "kind": Label("Jenis", _KINDS),
        "ticket": Label("Tiket", links=(q.ROW_TO_TICKET,)),
        "state": Label("Penanganan", _STATES),
    }
    return replace(table(heading, columns, labels, width=width, height=height), empty="Tidak ada gangguan")
