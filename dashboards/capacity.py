"""The capacity board: how much room has the uplink, who needs more, whose allocation lies idle?"""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board
from dashboards.city import uplink_load
from dashboards.forecast import FORECAST
from dashboards.palette import (
    AMBER,
    BITS,
    COMMITTED_STEPS,
    COUNT,
    COVERAGE_STEPS,
    GREEN,
    NONE_IS_GOOD,
    RATIO,
    RED,
    SECONDS,
    UTILISATION_STEPS,
    Steps,
)
from dashboards.panels import Heading, Query, bars, stat
from dashboards.tables import Column, Label, table

# Of each OPD its busier direction.
_P95 = "max by (opd) (last_over_time(opd:p95_30d:%s[2h]))"
# By the ceilings of their time, and by today's: one who got more since needs no more, one who got less leaves nothing.
_NEEDED = q.judged(q.lesser(_P95 % "ratio", _P95 % "present_ratio"), "opd:ceiling_30d:ratio")
_IDLE_P95 = q.judged(q.greater(_P95 % "ratio", _P95 % "present_ratio"), "opd:ceiling_30d:ratio")
# The agent asks the tracker every few seconds: ten minutes without an answer are approvals that nobody applies.
_LEDGER_AGE: Steps = ((None, GREEN), (120, AMBER), (600, RED))
_PART_SILENT = "Belum terhitung"
_FULLEST = 'topk(100, max by (opd) (opd:utilisation:ratio{direction="receive"}))'
_IDLE = "lebarpita_shaping_drift or 0 * lebarpita_shaping_undecided"


def _of_the_fullest(expr: str) -> str:
    """Only the rows that the table has: five hundred cannot be read."""
    return f"{expr} and on (opd) {_FULLEST}"


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
                width=4,
            ),
            steps=UTILISATION_STEPS,
            empty=_PART_SILENT,
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
                width=4,
            ),
            steps=COMMITTED_STEPS,
            empty=_PART_SILENT,
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
                width=4,
            ),
            # Oversubscription by ceilings: up to four is usual, since offices are not busy at once; from eight on
            # guarantees are all that anybody gets.
            steps=((None, GREEN), (4, AMBER), (8, RED)),
            empty=_PART_SILENT,
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
                Query(q.COVERAGE, "flow"),
                width=4,
            ),
            steps=COVERAGE_STEPS,
            empty="Belum ada flow",
        ),
        replace(
            stat(
                Heading(
                    9, "Laju tidak sesuai", "Arah OPD yang lajunya di perangkat berbeda dari buku alokasi (KTM-08)."
                ),
                Query(q.counted("lebarpita_shaping_drift == 1", "count(lebarpita_shaping_drift)"), "arah"),
            ),
            steps=NONE_IS_GOOD,
            empty="Pembatas laju diam",
        ),
        replace(
            stat(
                Heading(
                    10,
                    "Umur buku alokasi",
                    "Berapa lama pembatas laju tidak mendapat jawaban pelacak (KTM-07).",
                    SECONDS,
                ),
                Query("max(lebarpita_shaping_ledger_age_seconds)", "umur"),
            ),
            steps=_LEDGER_AGE,
            empty="Pembatas laju diam",
        ),
        FORECAST,
        replace(uplink_load("mean5m"), width=24, height=7),
        replace(
            bars(
                Heading(
                    6,
                    "Perlu lebih: p95 30 hari tertinggi",
                    "p95 (rata-rata 5 menit, 30 hari) dibagi alokasi, arah tersibuk. Di atas 90 %: "
                    "tawarkan penambahan. Tiap titik dibagi batas yang berlaku saat itu; sesudah alokasi berubah "
                    "yang lebih rendah dari ini dan batas sekarang. Tanpa OPD yang plafonnya diketahui kurang dari "
                    "separuh 30 hari.",
                    RATIO,
                ),
                Query(f"sort_desc({q.named(f'topk(10, {_NEEDED})')})", "{{name}}"),
            ),
            steps=UTILISATION_STEPS,
            links=(q.TO_OPD,),
            empty="Belum dapat dinilai: plafon diketahui kurang dari separuh 30 hari",
            maximum=1.0,
        ),
        replace(
            bars(
                Heading(
                    7,
                    "Dapat ditinjau: p95 30 hari terendah",
                    "OPD yang p95-nya paling jauh di bawah alokasi. Di bawah 10 % selama 30 hari: "
                    "alokasi dapat ditinjau. Tiap titik dibagi batas yang berlaku saat itu; sesudah alokasi berubah "
                    "yang lebih tinggi dari ini dan batas sekarang. Tanpa OPD yang plafonnya diketahui kurang dari "
                    "separuh 30 hari.",
                    RATIO,
                ),
                Query(f"sort({q.named(f'bottomk(10, {_IDLE_P95})')})", "{{name}}"),
            ),
            steps=((None, RED), (0.05, AMBER), (0.1, GREEN)),
            links=(q.TO_OPD,),
            empty="Belum dapat dinilai: plafon diketahui kurang dari separuh 30 hari",
            maximum=1.0,
        ),
        replace(
            table(
                Heading(
                    8,
                    "Daftar alokasi: disetujui, diterapkan, dipakai",
                    "Unduhan tiap OPD menurut buku alokasi, menurut perangkat, dan menurut ukuran; 100 tertinggi.",
                ),
                (
                    Column(
                        "Pemakaian / alokasi",
                        q.named(_FULLEST),
                        RATIO,
                        UTILISATION_STEPS,
                    ),
                    Column(
                        "Alokasi",
                        _of_the_fullest("8 * max by (opd) (lebarpita_opd_allocation_receive_bytes_per_second)"),
                        BITS,
                    ),
                    Column(
                        "Jaminan",
                        _of_the_fullest("8 * max by (opd) (lebarpita_opd_guaranteed_receive_bytes_per_second)"),
                        BITS,
                    ),
                    Column(
                        "Diterapkan",
                        _of_the_fullest(
                            '8 * max by (opd) (lebarpita_shaping_applied_bytes_per_second{direction="receive"})'
                        ),
                        BITS,
                    ),
                    Column(
                        "Jaminan diterapkan",
                        _of_the_fullest(
                            "8 * max by (opd) "
                            '(lebarpita_shaping_applied_guaranteed_bytes_per_second{direction="receive"})'
                        ),
                        BITS,
                    ),
                    Column("Pemakaian", _of_the_fullest("8 * opd:receive:rate5m"), BITS),
                    Column("Berbeda", _of_the_fullest(f"max by (opd) ({_IDLE})"), COUNT, NONE_IS_GOOD),
                    Column("Antre (byte)", _of_the_fullest("sum by (opd) (lebarpita_shaping_class_backlog_bytes)")),
                ),
                {"name": Label("OPD", links=(q.ROW_TO_OPD,)), "opd": Label("Kode", shown=False)},
            ),
            empty="Belum ada alokasi",
        ),
    ),
)
