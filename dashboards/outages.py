"""The board of outages and SOP clocks: what is broken, who has taken it, what is late?"""

from dataclasses import replace

from dashboards.board import Board
from dashboards.panels import (
    AMBER,
    COUNT,
    GREEN,
    RED,
    SECONDS,
    WAITING_STEPS,
    Heading,
    Query,
    bars,
    graph,
    stat,
    states,
    table,
)

BOARD = Board(
    uid="lebarpita-outages",
    title="Gangguan dan tenggat SOP: apa yang rusak, siapa yang menangani, apa yang terlambat?",
    description="Akar gangguan, tiket yang belum diterima, langkah SOP terbuka dan terlambat.",
    panels=(
        replace(
            stat(
                Heading(1, "Gangguan berlangsung", "Banyaknya akar gangguan menurut pemantau.", COUNT),
                Query("count(max by (root) (lebarpita_outage) == 1) or vector(0)", "gangguan"),
                width=6,
            ),
            steps=((None, GREEN), (1, RED)),
        ),
        replace(
            stat(
                Heading(2, "Belum diterima", "Tiket gangguan yang belum diterima teknisi.", COUNT),
                Query("count(max by (ticket) (lebarpita_outage_unacknowledged_seconds)) or vector(0)", "tiket"),
                width=6,
            ),
            steps=((None, GREEN), (1, RED)),
        ),
        stat(
            Heading(3, "Kasus terbuka", "Permohonan, gangguan dan pengaduan yang belum selesai.", COUNT),
            Query("sum(lebarpita_case_open) or vector(0)", "kasus"),
            width=6,
        ),
        replace(
            stat(
                Heading(4, "Langkah terlambat", "Langkah SOP yang melewati tenggatnya.", COUNT),
                Query("sum(lebarpita_case_step_overdue) or vector(0)", "langkah"),
                width=6,
            ),
            steps=((None, GREEN), (1, AMBER)),
        ),
        replace(
            table(
                Heading(
                    5,
                    "Akar gangguan dan OPD yang terputus",
                    "Satu baris per akar; angkanya banyaknya OPD di belakangnya.",
                    COUNT,
                ),
                (
                    Query(
                        "max by (root) (lebarpita_outage_offices_cut_off)"
                        " * on (root) group_left (kind) (max by (root, kind) (lebarpita_outage) == 1)"
                    ),
                ),
                width=12,
            ),
            empty="Tidak ada gangguan",
        ),
        replace(
            bars(
                Heading(
                    6,
                    "Menunggu diterima",
                    "Berapa lama tiap tiket gangguan belum diterima. 5 menit: teknisi dipanggil "
                    "lagi; 15: Kasi; 30: Kabid.",
                    SECONDS,
                ),
                Query("sort_desc(max by (ticket) (lebarpita_outage_unacknowledged_seconds))", "{{ticket}}"),
                height=8,
            ),
            steps=WAITING_STEPS,
            empty="Semua sudah diterima",
        ),
        replace(
            graph(
                Heading(7, "Gangguan dari waktu ke waktu", "Banyaknya OPD yang terputus.", COUNT),
                (
                    Query(
                        "sum(max by (root) (lebarpita_outage_offices_cut_off)) or vector(0)", "OPD terputus", colour=RED
                    ),
                ),
            ),
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
                    "sort(bottomk(10, min by (sop, step, role) (lebarpita_case_step_due_timestamp_seconds - time())))",
                    "{{step}} {{role}}",
                ),
            ),
            steps=((None, RED), (0, AMBER), (3600, GREEN)),
            empty="Tidak ada langkah bertenggat",
        ),
        replace(
            states(
                Heading(9, "Keterjangkauan tautan", "Hijau: ujung tautan menjawab pemantau. Merah: tidak.", COUNT),
                Query('max by (link) (lebarpita_reachable{link!=""})', "{{link}}"),
            ),
            empty="Tidak dipantau",
        ),
    ),
)
