"""When will each uplink be full? The tracker's outlook, the same as its page and the quarter, beside today's load."""

from dataclasses import replace

from dashboards import questions as q
from dashboards.palette import AMBER, GREEN, MOMENT, RATIO, RED, SECONDS, UTILISATION_STEPS, Steps
from dashboards.panels import Heading, Panel
from dashboards.tables import Column, Label, plain_words, table, unsorted

_NOW = "last_over_time(uplink:p95_1d:ratio[6h])"
# A month is needed to sign for more (LebarpitaUplinkFullSoon), a quarter to put it into a budget.
_LEFT: Steps = ((None, RED), (30 * 86400, AMBER), (90 * 86400, GREEN))


def _full(date: str) -> str:
    """The moment of one of the outlook's dates; two trackers that tell it are one."""
    return f'max by (link, direction) (lebarpita_uplink_full_timestamp_seconds{{date="{date}"}})'


def _moment(date: str) -> str:
    return f"1000 * {_full(date)}"


FORECAST: Panel = replace(
    unsorted(
        table(
            Heading(
                11,
                "Kapan uplink penuh",
                "Menurut tren 90 hari di pelacak, sama dengan halaman Prospek: penuh berarti 95 % kapasitas, selangnya "
                "95 %. Tanpa tanggal: tidak dalam tiga tahun, atau datanya belum cukup.",
            ),
            (
                Column("p95 hari ini", q.link_named(_NOW), RATIO, UTILISATION_STEPS),
                Column("Sisa waktu", f"clamp_min({_full('day')} - time(), 0)", SECONDS, _LEFT),
                Column("Penuh", _moment("day"), MOMENT),
                Column("Paling cepat", _moment("earliest"), MOMENT),
                Column("Paling lambat", _moment("latest"), MOMENT),
                Column("Dengan permohonan", _moment("with_pending"), MOMENT),
                Column("Dengan +100 Mb/s", _moment("more"), MOMENT),
            ),
            {
                "name": Label("Uplink", links=(q.ROW_TO_LINK,)),
                "link": Label("Kode", shown=False),
                "direction": Label("Arah", plain_words(q.DIRECTIONS)),
            },
            width=24,
            height=5,
        )
    ),
    empty="Menunggu p95 harian pertama",
)
