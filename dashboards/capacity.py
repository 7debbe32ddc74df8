"""The capacity board: how much room has the uplink, who needs more, whose allocation lies idle?"""

from dataclasses import replace

from dashboards.board import Board
from dashboards.panels import (
    AMBER,
    BITS,
    BLUE,
    COMMITTED_STEPS,
    COVERAGE_STEPS,
    GREEN,
    PURPLE,
    RATIO,
    RED,
    UTILISATION_STEPS,
    Heading,
    Query,
    bars,
    graph,
    stat,
    table,
)

TO_OPD = ("Buka OPD", "/d/lebarpita-opd?var-opd=${__field.labels.opd}&${__url_time_range}")

BOARD = Board(
    uid="lebarpita-capacity",
    title="Kapasitas: masih adakah ruang, dan untuk siapa?",
    description="Uplink terhadap kapasitas dan jaminan; OPD yang perlu lebih atau hampir tidak memakai alokasi.",
    since="now-7d",
    refresh="5m",
    panels=(
        replace(
            stat(
                Heading(1, "Uplink tersibuk", "Pemakaian uplink tertinggi dibagi kapasitas, rata-rata 5 menit.", RATIO),
                Query("max(uplink:utilisation:ratio)", "pemakaian"),
                width=6,
            ),
            steps=UTILISATION_STEPS,
        ),
        replace(
            stat(
                Heading(
                    2,
                    "Jaminan terhadap kapasitas",
                    "Jumlah jaminan (CIR) semua OPD dibagi kapasitas uplink. Batas persetujuan 95 %.",
                    RATIO,
                ),
                Query("max(uplink:committed:ratio)", "jaminan"),
                width=6,
            ),
            steps=COMMITTED_STEPS,
        ),
        replace(
            stat(
                Heading(
                    3,
                    "Alokasi terhadap kapasitas",
                    "Jumlah batas (alokasi) semua OPD dibagi kapasitas semua uplink: nisbah kelebihan janji.",
                    RATIO,
                ),
                Query(
                    "sum(max by (opd) (lebarpita_opd_allocation_receive_bytes_per_second))"
                    ' / sum(uplink:capacity:bytes_per_second{direction="receive"})',
                    "alokasi",
                ),
                width=6,
            ),
            # Oversubscription by ceilings: up to four is usual, since offices are not busy at once; from eight on
            # guarantees are all that anybody gets.
            steps=((None, GREEN), (4, AMBER), (8, RED)),
        ),
        replace(
            stat(
                Heading(
                    4,
                    "Keseimbangan flow",
                    "Byte flow dibagi byte antarmuka uplink. Wajar 93 % sampai 103 %; selain itu "
                    "ada yang salah terukur.",
                    RATIO,
                ),
                Query("min(uplink:flow_coverage:ratio)", "flow"),
                width=6,
            ),
            steps=COVERAGE_STEPS,
            empty="Belum ada flow",
        ),
        graph(
            Heading(
                5,
                "Uplink: pemakaian dan kapasitas",
                "Lapis 2, rata-rata 5 menit; garis putus-putus: kapasitas sewa.",
                BITS,
            ),
            (
                Query("8 * uplink:receive:rate5m", "{{link}} unduh", colour=BLUE),
                Query("8 * uplink:transmit:rate5m", "{{link}} unggah", colour=PURPLE),
                Query(
                    "8 * uplink:capacity:bytes_per_second", "{{link}} kapasitas {{direction}}", line=True, colour=RED
                ),
            ),
            width=24,
        ),
        replace(
            bars(
                Heading(
                    6,
                    "Perlu lebih: p95 30 hari tertinggi",
                    "p95 (rata-rata 5 menit, 30 hari) dibagi alokasi, arah tersibuk. Di atas 90 %: "
                    "tawarkan penambahan.",
                    RATIO,
                ),
                # The rule runs seldom, because thirty days are costly: last_over_time bridges the time between two of
                # its points.
                Query("sort_desc(topk(10, max by (opd) (last_over_time(opd:p95_30d:ratio[2h]))))", "{{opd}}"),
            ),
            steps=UTILISATION_STEPS,
            links=(TO_OPD,),
            empty="Menunggu hitungan p95 pertama (5 menit)",
            maximum=1.0,
        ),
        replace(
            bars(
                Heading(
                    7,
                    "Dapat ditinjau: p95 30 hari terendah",
                    "OPD yang p95-nya paling jauh di bawah alokasi. Di bawah 10 % selama 30 hari: "
                    "alokasi dapat ditinjau.",
                    RATIO,
                ),
                Query("sort(bottomk(10, max by (opd) (last_over_time(opd:p95_30d:ratio[2h]))))", "{{opd}}"),
            ),
            steps=((None, AMBER), (0.1, GREEN)),
            links=(TO_OPD,),
            empty="Menunggu hitungan p95 pertama (5 menit)",
            maximum=1.0,
        ),
        replace(
            table(
                Heading(
                    8,
                    "Daftar alokasi",
                    "Alokasi, jaminan dan pemakaian unduh tiap OPD sekarang, menurut buku alokasi.",
                    BITS,
                ),
                (
                    Query("8 * max by (opd) (lebarpita_opd_allocation_receive_bytes_per_second)", "alokasi"),
                    Query("8 * max by (opd) (lebarpita_opd_guaranteed_receive_bytes_per_second)", "jaminan"),
                    Query("8 * opd:receive:rate5m", "pemakaian"),
                ),
            ),
            empty="Belum ada alokasi",
        ),
    ),
)
