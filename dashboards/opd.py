"""The OPD board: is the allocation of this office enough, and does it get what was approved?"""

from dataclasses import replace

from dashboards import bands
from dashboards import questions as q
from dashboards.board import OPD, Board
from dashboards.palette import (
    AMBER,
    BITS,
    BLUE,
    COUNT,
    ECHO_STEPS,
    GREEN,
    LOSS_STEPS,
    PURPLE,
    RATIO,
    RED,
    SECONDS,
    TRACE_STEPS,
    UP_OR_DOWN,
    UTILISATION_STEPS,
    Steps,
)
from dashboards.panels import Heading, Panel, Query, graph, stat, states, words
from dashboards.ways import ALERTS_OF_AN_OFFICE, LINES_OF_AN_OFFICE

# Quarter minutes in which the guarantee was missed: LebarpitaGuaranteeMissed fires above a tenth.
_MISSED: Steps = ((None, GREEN), (0.05, AMBER), (0.1, RED))
_DELIVERED = {"0": ("sesuai", GREEN), "1": ("berbeda", RED), "2": ("belum pasti", AMBER)}
_OF = 'opd="$opd"'
_LOST = "Belum ada alokasi"
_UNJUDGED = "Belum dapat dinilai: terukur kurang dari separuh 30 hari"
# A point of a graph leads to who used the line in its minute; whoever may not see hosts is told so there.
_USERS = "${tracker}/pemakai?opd=${opd:percentencode}&saat=${__value.time}&arah="
_WHO = "Siapa yang memakai saat ini"


def _p95(way: str) -> str:
    """The p95 of one direction, where enough of that direction was measured."""
    p95 = f'8 * quantile_over_time(0.95, opd:{way}:mean5m{{opd="$opd"}}[30d])'
    return q.judged(p95, f'opd:measured_30d:ratio{{direction="{way}"}}')


def _figure(heading: Heading, query: Query) -> Panel:
    """A figure that is neither good nor bad by itself."""
    return replace(stat(heading, query), steps=((None, BLUE),), empty=_LOST)


BOARD = Board(
    uid="lebarpita-opd",
    title="OPD: cukupkah alokasinya, dan apakah diterima?",
    description="Satu OPD: pemakaian terhadap garis alokasi, p95 30 hari, keterjangkauan, dan laju yang diterapkan.",
    variables=(OPD,),
    panels=(
        replace(
            stat(
                Heading(1, "Tersambung", "1 bila OPD menjawab pemantau tiap detik, 0 bila terputus.", COUNT),
                Query(q.while_watched('max(lebarpita_reachable{opd="$opd"})'), "tersambung"),
            ),
            steps=UP_OR_DOWN,
            mappings=(words({"0": ("terputus", RED), "1": ("tersambung", GREEN)}),),
            empty="Tidak dipantau",
        ),
        replace(
            stat(
                Heading(2, "Pemakaian sekarang", "Pemakaian dibagi alokasi, arah tersibuk, rata-rata 5 menit.", RATIO),
                # max over both directions: an office is full when one of them is.
                Query(f'{q.OPD_LOAD} and on (opd) lebarpita_opd_info{{opd="$opd"}}', "pemakaian"),
            ),
            steps=UTILISATION_STEPS,
            empty="Terputus, atau tanpa alokasi",
        ),
        replace(
            _figure(
                Heading(
                    3,
                    "p95 unduh 30 hari",
                    "95 % waktu unduhan di bawah angka ini: p95 dari rata-rata 5 menit selama 30 "
                    "hari, sama dengan bukti. Terukur kurang dari separuhnya: belum dapat dinilai.",
                    BITS,
                ),
                Query(_p95("receive"), "p95 unduh"),
            ),
            empty=_UNJUDGED,
        ),
        replace(
            _figure(
                Heading(
                    4,
                    "p95 unggah 30 hari",
                    "95 % waktu unggahan di bawah angka ini: p95 dari rata-rata 5 menit selama 30 "
                    "hari, sama dengan bukti. Terukur kurang dari separuhnya: belum dapat dinilai.",
                    BITS,
                ),
                Query(_p95("transmit"), "p95 unggah"),
            ),
            empty=_UNJUDGED,
        ),
        _figure(
            Heading(5, "Alokasi unduh", "Batas unduh yang disetujui dan tercatat di buku alokasi.", BITS),
            Query('8 * max(lebarpita_opd_allocation_receive_bytes_per_second{opd="$opd"})', "alokasi"),
        ),
        _figure(
            Heading(6, "Alokasi unggah", "Batas unggah yang disetujui dan tercatat di buku alokasi.", BITS),
            Query('8 * max(lebarpita_opd_allocation_transmit_bytes_per_second{opd="$opd"})', "alokasi"),
        ),
        LINES_OF_AN_OFFICE,
        ALERTS_OF_AN_OFFICE,
        replace(
            graph(
                Heading(
                    7,
                    "Unduh: pemakaian, alokasi, jaminan",
                    "Unduhan, laju 5 menit terakhir; garis putus-putus: alokasi (batas) dan jaminan yang disetujui. "
                    "Puncaknya dapat beberapa persen di atas puncak di bukti, yang menghitung lima menit penuh.",
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
                    Query(
                        '8 * max by (opd) (lebarpita_shaping_applied_bytes_per_second{opd="$opd",direction="receive"})',
                        "diterapkan",
                        line=True,
                        colour=AMBER,
                    ),
                ),
            ),
            links=((_WHO, _USERS + "receive"),),
            empty=_LOST,
        ),
        replace(
            graph(
                Heading(
                    8,
                    "Unggah: pemakaian, alokasi, jaminan",
                    "Unggahan, laju 5 menit terakhir; garis putus-putus: alokasi (batas) dan jaminan yang disetujui. "
                    "Puncaknya dapat beberapa persen di atas puncak di bukti, yang menghitung lima menit penuh.",
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
                    Query(
                        "8 * max by (opd) "
                        '(lebarpita_shaping_applied_bytes_per_second{opd="$opd",direction="transmit"})',
                        "diterapkan",
                        line=True,
                        colour=AMBER,
                    ),
                ),
            ),
            links=((_WHO, _USERS + "transmit"),),
            empty=_LOST,
        ),
        replace(
            graph(
                Heading(
                    9,
                    "Waktu tempuh ke OPD",
                    "Median ping 5 menit; pita: dari median sampai p95; getaran: jitter. Naik saat ramai: antrean.",
                    SECONDS,
                ),
                (
                    *bands.round_trip(_OF),
                    Query('max by (opd) (lebarpita_round_trip_seconds{opd="$opd"})', "ping terakhir"),
                ),
            ),
            steps=ECHO_STEPS,
            empty="Tidak dipantau",
        ),
        replace(
            graph(
                Heading(
                    11,
                    "Kehilangan paket ke OPD",
                    "Bagian ping yang hilang, 5 dan 60 menit; pita: menit terbaik sampai terburuk dari 15 menit.",
                    RATIO,
                ),
                bands.loss(_OF),
            ),
            steps=LOSS_STEPS,
            empty="Tidak dipantau",
        ),
        replace(
            graph(
                Heading(
                    12,
                    "Paket dibuang pembatas laju",
                    "Paket per detik yang dibuang antrean OPD ini. Sedikit itu wajar saat penuh; "
                    "terus-menerus: alokasi kurang.",
                ),
                (
                    Query(
                        q.directed(
                            "sum by (direction) "
                            '(rate(lebarpita_shaping_class_drops_total{opd="$opd"}[$__rate_interval]))'
                        ),
                        "{{direction}}",
                    ),
                ),
            ),
            steps=TRACE_STEPS,
            empty="Pembatas laju diam",
        ),
        replace(
            stat(
                Heading(
                    13,
                    "Laju di perangkat",
                    "Apakah laju di perangkat sama dengan buku alokasi; belum pasti: perangkat tidak terbaca.",
                ),
                Query(
                    'max(lebarpita_shaping_drift{opd="$opd"}) or 2 * max(lebarpita_shaping_undecided{opd="$opd"} == 1)',
                    "laju",
                ),
            ),
            steps=((None, GREEN), (1, RED), (2, AMBER)),
            mappings=(words(_DELIVERED),),
            empty="Pembatas laju diam",
        ),
        replace(
            stat(
                Heading(
                    14, "Jaminan meleset", "Bagian pengukuran 15 menit terakhir yang di bawah jaminan (KTM-08).", RATIO
                ),
                Query(
                    '(sum(increase(lebarpita_shaping_verdict_total{opd="$opd",verdict="missed"}[15m])) or'
                    ' 0 * sum(lebarpita_shaping_verdict_total{opd="$opd"}))'
                    ' / sum(increase(lebarpita_shaping_verdict_total{opd="$opd"}[15m]))',
                    "meleset",
                ),
            ),
            steps=_MISSED,
            empty="Belum dinilai",
        ),
        replace(
            states(
                Heading(
                    10, "Keterjangkauan", "Hijau: menjawab pemantau. Merah: terputus. Kosong: pemantau diam.", COUNT
                ),
                Query(q.named(q.while_watched('max by (opd) (lebarpita_reachable{opd="$opd"})')), "{{name}}"),
                width=12,
                height=5,
            ),
            empty="Tidak dipantau",
        ),
    ),
)
