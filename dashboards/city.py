"""The city board, for the wall of the NOC: is everybody connected, and who is full? Read without a mouse."""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board
from dashboards.outage_table import outage_table
from dashboards.palette import (
    AGE_STEPS,
    BITS,
    BLUE,
    FEW_IS_A_WARNING,
    NONE_IS_GOOD,
    PURPLE,
    RATIO,
    RED,
    SECONDS,
    UTILISATION_STEPS,
)
from dashboards.panels import Heading, Panel, Query, bars, graph, stat, states

# As many bands as can be told apart on a screen of 1080 lines.
BANDS = 25
_WATCH_SILENT = "Pemantau diam"


def uplink_load(average: str) -> Panel:
    """Each uplink's use and its capacity: by ``rate5m`` how it is now, by ``mean5m`` as evidence counts it."""
    return replace(
        graph(
            Heading(
                5,
                "Uplink: pemakaian dan kapasitas",
                "Lalu lintas uplink (lapis 2, rata-rata 5 menit) dan kapasitas sewanya sebagai garis putus-putus.",
                BITS,
            ),
            (
                Query(q.link_named(f"8 * uplink:receive:{average}"), "{{name}} unduh", colour=BLUE),
                Query(q.link_named(f"8 * uplink:transmit:{average}"), "{{name}} unggah", colour=PURPLE),
                Query(
                    q.directed(f"({q.link_named('8 * uplink:capacity:bytes_per_second')})"),
                    "{{name}} kapasitas {{direction}}",
                    line=True,
                    colour=RED,
                ),
            ),
        ),
        links=(q.TO_LINK,),
        empty="Uplink tidak terbaca",
    )


OUTAGES_NOW = replace(
    stat(
        Heading(
            1,
            "Gangguan berlangsung",
            "Banyaknya akar gangguan menurut pemantau. 0 berarti semua cabang tersambung; abu-abu: pemantau diam, "
            "tidak ada yang tahu.",
        ),
        Query(q.counted(q.OUTAGES, q.WATCH), "gangguan"),
    ),
    steps=NONE_IS_GOOD,
    empty=_WATCH_SILENT,
)
CUT_OFF_NOW = replace(
    stat(
        Heading(
            2, "OPD terputus", "Banyaknya OPD yang tidak menjawab; satu OPD dihitung sekali, berapa pun gangguannya."
        ),
        Query(q.counted(q.CUT_OFF, q.WATCH), "OPD"),
    ),
    steps=NONE_IS_GOOD,
    empty=_WATCH_SILENT,
)
ILL_NOW = replace(
    stat(
        Heading(
            9,
            "Tautan sakit",
            "Tautan tempat kehilangan paket bermula, atau yang menelan paket besar. Bukan putus.",
        ),
        Query(q.counted("max by (link) (lebarpita_link_degraded or lebarpita_link_large_packets_lost)", q.WATCH)),
    ),
    steps=FEW_IS_A_WARNING,
    empty=_WATCH_SILENT,
)
BOARD = Board(
    uid="lebarpita-city",
    title="Kota: apakah semua OPD tersambung, dan siapa yang penuh?",
    description="Papan dinding NOC. Gangguan dulu, lalu kesegaran data, lalu OPD dengan pemakaian tertinggi.",
    panels=(
        OUTAGES_NOW,
        CUT_OFF_NOW,
        ILL_NOW,
        replace(
            stat(
                Heading(
                    3,
                    "Umur data",
                    "Umur yang tertua dari dua: putaran pemantau dan pembacaan SNMP terakhir. Di "
                    "atas 1 menit angka lain "
                    "di papan ini basi.",
                    SECONDS,
                ),
                Query(q.greater(q.SNMP_AGE, q.WATCH_AGE), "umur"),
            ),
            steps=AGE_STEPS,
            empty="Tidak ada data",
        ),
        replace(
            stat(
                Heading(4, "Perangkat diam", "Banyaknya perangkat yang tidak menjawab SNMP sekarang."),
                Query(q.counted("max by (device) (lebarpita_snmp_up) == 0", q.SNMP), "perangkat"),
            ),
            steps=FEW_IS_A_WARNING,
            empty="SNMP tidak terbaca",
        ),
        replace(
            stat(
                Heading(10, "Belum diterima", "Tiket gangguan yang belum diterima siapa pun."),
                Query(q.counted("max by (ticket) (lebarpita_outage_unacknowledged_seconds)", q.TRACKER), "tiket"),
            ),
            steps=NONE_IS_GOOD,
            empty="Pelacak diam",
        ),
        outage_table(
            Heading(
                11,
                "Yang terputus, sejak kapan, siapa yang menangani",
                "Satu baris tiap akar gangguan. Klik tiket: orang dan langkahnya. Baris "
                "'pemantau diam': tidak ada yang tahu.",
            ),
            width=12,
            height=9,
        ),
        replace(
            bars(
                Heading(
                    6,
                    "OPD paling penuh",
                    "Pemakaian dibagi alokasi, arah tersibuk, rata-rata 5 menit; sepuluh tertinggi, tanpa yang putus.",
                    RATIO,
                ),
                Query(f"sort_desc({q.named(f'topk(10, {q.OPD_LOAD})')})", "{{name}}"),
            ),
            steps=UTILISATION_STEPS,
            links=(q.TO_OPD,),
            empty="Tidak terbaca, atau semua terputus",
            maximum=1.0,
        ),
        uplink_load("rate5m"),
        replace(
            states(
                Heading(
                    8,
                    "OPD yang paling sering terputus",
                    f"{BANDS} OPD yang paling lama tidak menjawab dalam rentang waktu papan ini. "
                    "Kosong di kanan: pemantau diam.",
                ),
                Query(
                    q.named(
                        q.while_watched(
                            'max by (opd) (lebarpita_reachable{opd!=""}) and on (opd) '
                            f"bottomk({BANDS}, avg by (opd) "
                            f'(avg_over_time(lebarpita_reachable{{opd!=""}}[$__range] @ end())))'
                        )
                    ),
                    "{{name}}",
                ),
                width=12,
            ),
            links=(q.TO_OPD,),
            empty=_WATCH_SILENT,
        ),
    ),
)
