"""The OPD board: is the allocation of this office enough, and does it get what was approved?"""

from dataclasses import replace

from dashboards.board import OPD, Board
from dashboards.panels import (
    AMBER,
    BITS,
    BLUE,
    COUNT,
    GREEN,
    PURPLE,
    RATIO,
    RED,
    SECONDS,
    UTILISATION_STEPS,
    Heading,
    Query,
    graph,
    stat,
    states,
)

_LOST = "Belum ada alokasi"

BOARD = Board(
    uid="lebarpita-opd",
    title="OPD: cukupkah alokasinya, dan apakah diterima?",
    description="Satu OPD: pemakaian terhadap garis alokasi, p95 30 hari, keterjangkauan, dan laju yang diterapkan.",
    variables=(OPD,),
    panels=(
        replace(
            stat(
                Heading(1, "Tersambung", "1 bila OPD menjawab pemantau tiap detik, 0 bila terputus.", COUNT),
                Query('max(lebarpita_reachable{opd="$opd"})', "tersambung"),
            ),
            steps=((None, RED), (1, GREEN)),
            empty="Tidak dipantau",
        ),
        replace(
            stat(
                Heading(2, "Pemakaian sekarang", "Pemakaian dibagi alokasi, arah tersibuk, rata-rata 5 menit.", RATIO),
                # max over both directions: an office is full when one of them is.
                Query('max(opd:utilisation:ratio{opd="$opd"})', "pemakaian"),
            ),
            steps=UTILISATION_STEPS,
            empty=_LOST,
        ),
        stat(
            Heading(
                3,
                "p95 unduh 30 hari",
                "95 % waktu unduhan di bawah angka ini: p95 dari rata-rata 5 menit selama 30 "
                "hari (atau selama data ada).",
                BITS,
            ),
            Query('8 * quantile_over_time(0.95, opd:receive:rate5m{opd="$opd"}[30d:5m])', "p95 unduh"),
        ),
        stat(
            Heading(
                4,
                "p95 unggah 30 hari",
                "95 % waktu unggahan di bawah angka ini: p95 dari rata-rata 5 menit selama 30 "
                "hari (atau selama data ada).",
                BITS,
            ),
            Query('8 * quantile_over_time(0.95, opd:transmit:rate5m{opd="$opd"}[30d:5m])', "p95 unggah"),
        ),
        replace(
            stat(
                Heading(5, "Alokasi unduh", "Batas unduh yang disetujui dan tercatat di buku alokasi.", BITS),
                Query('8 * max(lebarpita_opd_allocation_receive_bytes_per_second{opd="$opd"})', "alokasi"),
            ),
            empty=_LOST,
        ),
        replace(
            stat(
                Heading(6, "Alokasi unggah", "Batas unggah yang disetujui dan tercatat di buku alokasi.", BITS),
                Query('8 * max(lebarpita_opd_allocation_transmit_bytes_per_second{opd="$opd"})', "alokasi"),
            ),
            empty=_LOST,
        ),
        replace(
            graph(
                Heading(
                    7,
                    "Unduh: pemakaian, alokasi, jaminan",
                    "Unduhan rata-rata 5 menit; garis putus-putus: alokasi (batas) dan jaminan yang disetujui.",
                    BITS,
                ),
                (
                    Query('8 * opd:receive:rate5m{opd="$opd"}', "pemakaian", colour=BLUE),
                    Query(
                        '8 * max by (opd) (lebarpita_opd_allocation_receive_bytes_per_second{opd="$opd"})',
                        "alokasi",
                        line=True,
                        colour=RED,
                    ),
                    Query(
                        '8 * max by (opd) (lebarpita_opd_guaranteed_receive_bytes_per_second{opd="$opd"})',
                        "jaminan",
                        line=True,
                        colour=GREEN,
                    ),
                ),
            ),
            empty=_LOST,
        ),
        replace(
            graph(
                Heading(
                    8,
                    "Unggah: pemakaian, alokasi, jaminan",
                    "Unggahan rata-rata 5 menit; garis putus-putus: alokasi (batas) dan jaminan yang disetujui.",
                    BITS,
                ),
                (
                    Query('8 * opd:transmit:rate5m{opd="$opd"}', "pemakaian", colour=PURPLE),
                    Query(
                        '8 * max by (opd) (lebarpita_opd_allocation_transmit_bytes_per_second{opd="$opd"})',
                        "alokasi",
                        line=True,
                        colour=RED,
                    ),
                    Query(
                        '8 * max by (opd) (lebarpita_opd_guaranteed_transmit_bytes_per_second{opd="$opd"})',
                        "jaminan",
                        line=True,
                        colour=GREEN,
                    ),
                ),
            ),
            empty=_LOST,
        ),
        replace(
            graph(
                Heading(
                    9,
                    "Waktu tempuh ke OPD",
                    "Waktu bolak-balik ping pemantau. Naik bersama pemakaian: antrean penuh.",
                    SECONDS,
                ),
                (Query('max by (opd) (lebarpita_round_trip_seconds{opd="$opd"})', "waktu tempuh", colour=AMBER),),
            ),
            empty="Tidak dipantau",
        ),
        replace(
            states(
                Heading(10, "Keterjangkauan", "Hijau: menjawab pemantau. Merah: terputus.", COUNT),
                Query('max by (opd) (lebarpita_reachable{opd="$opd"})', "{{opd}}"),
                width=12,
            ),
            empty="Tidak dipantau",
        ),
    ),
)
