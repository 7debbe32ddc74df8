"""The board of outages and SOP clocks: what is broken, who has taken it, what is late?"""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board
from dashboards.city import BANDS, CUT_OFF_NOW, OUTAGES_NOW
from dashboards.outage_table import outage_table
from dashboards.palette import (
    AMBER,
    COUNT,
    FEW_IS_A_WARNING,
    GREEN,
    NONE_IS_GOOD,
    RATIO,
    RED,
    SECONDS,
    WAITING_STEPS,
    Steps,
)
from dashboards.panels import Heading, Query, bars, graph, stat, states
from dashboards.tables import Column, Label, table

# Cases that wait: more than two dozen open at once are more than one desk of this office moves in a week.
_OPEN_STEPS: Steps = ((None, GREEN), (25, AMBER), (100, RED))
# Connectors that fall: one interruption is an outage, three are LebarpitaOutageRecurring.
_AGAIN_STEPS: Steps = ((None, GREEN), (2, AMBER), (3, RED))
# PKL-G-T: found in a minute, taken in five, back in an hour; red at four times the slowest of them.
_CLOCK_STEPS: Steps = ((None, GREEN), (3600, AMBER), (14400, RED))
_DUE_IN = "min by (step) (lebarpita_case_step_due_timestamp_seconds) - time()"
_BRANCHES = "max by (link) (lebarpita_link_degraded or lebarpita_link_large_packets_lost)"

BOARD = Board(
    uid="lebarpita-outages",
    title="Gangguan dan tenggat SOP: apa yang rusak, siapa yang menangani, apa yang terlambat?",
    description="Akar gangguan, tiket yang belum diterima, tautan yang sakit, langkah SOP terbuka dan terlambat.",
    panels=(
        OUTAGES_NOW,
        CUT_OFF_NOW,
        replace(
            stat(
                Heading(3, "Kasus terbuka", "Permohonan, gangguan dan pengaduan yang belum selesai."),
                Query(q.summed("lebarpita_case_open", q.TRACKER), "kasus"),
            ),
            steps=_OPEN_STEPS,
            empty="Pelacak diam",
        ),
        replace(
            stat(
                Heading(4, "Langkah terlambat", "Langkah SOP yang melewati tenggatnya."),
                Query(q.summed("lebarpita_case_step_overdue", q.TRACKER), "langkah"),
            ),
            steps=FEW_IS_A_WARNING,
            empty="Pelacak diam",
        ),
        replace(
            stat(
                Heading(
                    10,
                    "Panggilan tidak sampai",
                    "Panggilan gangguan 15 menit terakhir yang gagal atau tidak punya tujuan: "
                    "petugas piket belum tahu.",
                ),
                Query("max(lebarpita_outage_pages_not_delivered)", "panggilan"),
            ),
            steps=NONE_IS_GOOD,
            empty="Pelacak diam",
        ),
        replace(
            stat(
                Heading(
                    11,
                    "Selisih tiket",
                    "Tiket tanpa gangguan, atau gangguan tanpa tiket: selisihnya. Bukan 0 "
                    "selama lebih dari 2 menit: "
                    "pemantau dan pelacak tidak saling mendengar.",
                ),
                Query(
                    f"abs({q.counted(q.OUTAGES, q.WATCH)} - "
                    f"{q.counted('max by (root) (lebarpita_outage_ticket_info)', q.TRACKER)})",
                    "selisih",
                ),
            ),
            steps=NONE_IS_GOOD,
            empty="Pemantau atau pelacak diam",
        ),
        outage_table(
            Heading(
                5,
                "Akar gangguan: sejak kapan, berapa OPD, siapa yang menangani",
                "Satu baris tiap akar. Putus: berapa kali tautan yang sama jatuh dalam gangguan ini.",
            ),
            (Column("Putus", "max by (root) (lebarpita_outage_interruptions)", COUNT, _AGAIN_STEPS),),
            width=14,
            height=8,
        ),
        replace(
            bars(
                Heading(
                    6,
                    "Menunggu diterima",
                    "Berapa lama tiap tiket gangguan belum diterima siapa pun. Kosong selagi "
                    "pelacak hidup: semua diterima.",
                    SECONDS,
                ),
                Query(
                    "sort_desc(max by (ticket) (lebarpita_outage_unacknowledged_seconds))"
                    f' or label_replace(0 * ({q.TRACKER}), "ticket", "semua diterima", "", "")'
                    " unless on () max(lebarpita_outage_unacknowledged_seconds)",
                    "{{ticket}}",
                ),
                width=10,
                height=8,
            ),
            steps=WAITING_STEPS,
            links=(("Buka tiket", "${tracker}/gangguan/${__field.labels.ticket}"),),
            empty="Pelacak diam",
        ),
        replace(
            table(
                Heading(
                    12,
                    "Tautan yang sakit",
                    "Tautan tempat kehilangan paket bermula, dan yang menelan paket besar (MTU). "
                    "Tautan di atasnya baik.",
                ),
                (
                    Column(
                        "Hilang",
                        q.or_silence(
                            q.link_named(
                                'max by (link) (lebarpita_link_loss_ratio{bound="middle"}) or 0 * '
                                "max by (link) (lebarpita_link_large_packets_lost)"
                            )
                        ),
                        RATIO,
                        ((None, AMBER), (0.1, RED)),
                    ),
                    Column("Paling sedikit", 'max by (link) (lebarpita_link_loss_ratio{bound="low"})', RATIO),
                    Column("Paling banyak", 'max by (link) (lebarpita_link_loss_ratio{bound="high"})', RATIO),
                    Column(
                        "Menelan paket besar", "max by (link) (lebarpita_link_large_packets_lost)", COUNT, NONE_IS_GOOD
                    ),
                    Column(
                        "Kedip 1 jam",
                        f"max by (link) (increase(lebarpita_link_flaps_total[1h])) and on (link) {_BRANCHES}",
                    ),
                ),
                {"name": Label("Tautan", links=(q.ROW_TO_LINK,)), "link": Label("Kode", shown=False)},
                width=14,
            ),
            empty="Tidak ada",
        ),
        replace(
            bars(
                Heading(
                    8,
                    "Tenggat terdekat",
                    "Waktu yang tersisa sampai tenggat langkah SOP, yang paling mendesak dulu.",
                    SECONDS,
                ),
                Query(
                    f"sort(bottomk(10, {q.step_named(_DUE_IN)}))",
                    "{{name}}",
                ),
                width=10,
                height=8,
            ),
            steps=((None, RED), (0, AMBER), (3600, GREEN)),
            empty="Tidak ada langkah bertenggat, atau pelacak diam",
        ),
        replace(
            graph(
                Heading(
                    7,
                    "Gangguan dari waktu ke waktu",
                    "OPD yang terputus dan tiket yang terbuka. Garis terputus: pemantau diam.",
                ),
                (
                    Query(q.counted(q.CUT_OFF, q.WATCH), "OPD terputus"),
                    Query("max(lebarpita_outage_tickets_open)", "tiket terbuka"),
                ),
            ),
            steps=NONE_IS_GOOD,
            empty="Pemantau diam",
        ),
        replace(
            graph(
                Heading(
                    13,
                    "Kecepatan menangani",
                    "Rata-rata 30 hari: dari putus sampai ditemukan, diterima, pulih (PKL-G-T).",
                    SECONDS,
                ),
                (
                    Query(
                        q.in_words(
                            "(sum by (clock) (increase(lebarpita_outage_clock_seconds_total[30d]))"
                            " / sum by (clock) (increase(lebarpita_outage_clock_outages_total[30d])))",
                            "clock",
                            {"detect": "ditemukan", "acknowledge": "diterima", "restore": "pulih"},
                        ),
                        "{{clock}}",
                    ),
                ),
            ),
            steps=_CLOCK_STEPS,
            empty="Belum ada gangguan yang selesai",
        ),
        replace(
            states(
                Heading(
                    9,
                    "Tautan yang paling sering terputus",
                    f"{BANDS} tautan yang paling lama tidak menjawab dalam rentang waktu papan ini.",
                ),
                Query(
                    q.link_named(
                        q.while_watched(
                            'max by (link) (lebarpita_reachable{link!=""}) and on (link) '
                            f"bottomk({BANDS}, avg by (link) "
                            f'(avg_over_time(lebarpita_reachable{{link!=""}}[$__range] @ end())))'
                        )
                    ),
                    "{{name}}",
                ),
            ),
            links=(q.TO_LINK,),
            empty="Pemantau diam",
        ),
    ),
)
