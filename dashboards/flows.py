"""The flow board: who uses the line, and is what the flows count whole?"""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board
from dashboards.code_words import ASIDE_REASONS, FLOW_REASONS
from dashboards.palette import (
    AMBER,
    BITS,
    COUNT,
    COVERAGE_STEPS,
    GREEN,
    RATIO,
    RECORD_LOSS_STEPS,
    RED,
    SECONDS,
    TRACE_STEPS,
    UNASSIGNED_STEPS,
    Steps,
)
from dashboards.panels import Heading, Query, bars, graph, stat
from dashboards.tables import Column, Label, table

_SILENT = "Tidak ada flow"
# Exporters send their long flows every minute where they are set up as the guide says (LebarpitaFlowActiveTimeout).
_TIMEOUT: Steps = ((None, GREEN), (61, AMBER), (120, RED))
_SENDING: Steps = ((None, RED), (0.01, GREEN))
_TRACKER_PAGE = ("Siapa di OPD ini (tercatat)", "${tracker}/pemakai?opd=${__field.labels.opd}")
_TRAFFIC = 'sum by (opd) (rate(lebarpita_opd_receive_bytes_total{source="flow"}[5m]))'


def _events(name: str) -> str:
    return f"sum by (exporter) (increase(lebarpita_flow_{name}_total[1h]))"


def _each(name: str) -> str:
    return q.exporter_named(f"sum by (exporter) (rate(lebarpita_flow_{name}_total[5m]))")


def _scoped(expr: str) -> str:
    return q.in_words(expr, "scope", {"internet": "internet", "internal": "ke dalam"})


BOARD = Board(
    uid="lebarpita-flows",
    title="Flow: siapa yang memakai, dan apakah hitungannya utuh?",
    description="OPD dengan lalu lintas flow terbesar, ke internet dan ke dalam; byte tanpa "
    "pemilik, catatan yang hilang.",
    panels=(
        replace(
            stat(
                Heading(
                    1,
                    "Tanpa pemilik",
                    "Bagian byte flow yang tidak cocok dengan prefiks OPD mana pun, 15 menit.",
                    RATIO,
                ),
                Query("flow:unassigned:ratio15m", "bagian"),
            ),
            steps=UNASSIGNED_STEPS,
            empty=_SILENT,
        ),
        replace(
            stat(
                Heading(2, "Catatan hilang", "Bagian catatan flow yang tidak pernah datang, 15 menit.", RATIO),
                Query("flow:lost:ratio15m", "bagian"),
            ),
            steps=RECORD_LOSS_STEPS,
            empty=_SILENT,
        ),
        replace(
            stat(
                Heading(
                    3, "Dibuang kernel", "Bagian datagram yang dibuang karena penyangga soket penuh, 15 menit.", RATIO
                ),
                Query("flow:dropped:ratio15m", "bagian"),
            ),
            steps=RECORD_LOSS_STEPS,
            empty=_SILENT,
        ),
        replace(
            stat(
                Heading(
                    4,
                    "Keseimbangan terburuk",
                    "Byte flow dibagi byte antarmuka uplink. Wajar 93 % sampai 103 %.",
                    RATIO,
                ),
                Query(q.COVERAGE, "flow"),
            ),
            steps=COVERAGE_STEPS,
            empty=_SILENT,
        ),
        replace(
            stat(
                Heading(
                    5,
                    "Tanpa pemilik di pembatas laju",
                    "Bit per detik yang melewati pembatas laju di luar prefiks semua OPD: tidak dibatasi siapa pun.",
                    BITS,
                ),
                Query("8 * sum(rate(lebarpita_shaping_unmapped_bytes_total[5m]))", "lalu lintas"),
            ),
            # A hundredth of a leased line of 100 Mbit/s is a forgotten prefix; a tenth is an office nobody shapes.
            steps=((None, GREEN), (1e6, AMBER), (1e7, RED)),
            empty="Pembatas laju diam",
        ),
        replace(
            stat(
                Heading(
                    6,
                    "Menit riwayat gagal",
                    "Menit rincian pemakaian yang tidak tertulis dalam satu jam; hitungan per OPD tetap benar.",
                ),
                Query("sum(increase(lebarpita_flow_history_failures_total[1h]))", "menit"),
            ),
            steps=((None, GREEN), (0.5, RED)),
            empty=_SILENT,
        ),
        replace(
            bars(
                Heading(
                    7,
                    "OPD dengan unduhan flow terbesar",
                    "Lima belas tertinggi, rata-rata 5 menit; batang penuh: alokasinya. Klik: "
                    "siapa di OPD itu, di pelacak.",
                    RATIO,
                ),
                Query(
                    "sort_desc("
                    + q.named(
                        f"topk(15, {_TRAFFIC} / on (opd)"
                        " (max by (opd) (lebarpita_opd_allocation_receive_bytes_per_second) > 0))"
                    )
                    + ")",
                    "{{name}}",
                ),
            ),
            steps=((None, GREEN), (0.8, AMBER), (0.9, RED)),
            links=(q.TO_OPD, _TRACKER_PAGE),
            empty=_SILENT,
            maximum=1.0,
        ),
        replace(
            graph(
                Heading(
                    8,
                    "Ke internet dan ke dalam",
                    "Byte flow semua OPD menurut tujuan, lapis 3, dan yang tanpa pemilik; garis: "
                    "kapasitas semua uplink.",
                    BITS,
                ),
                (
                    Query(
                        _scoped('8 * sum by (scope) (rate(lebarpita_opd_receive_bytes_total{source="flow"}[5m]))'),
                        "{{scope}} unduh",
                    ),
                    Query(
                        _scoped('8 * sum by (scope) (rate(lebarpita_opd_transmit_bytes_total{source="flow"}[5m]))'),
                        "{{scope}} unggah",
                    ),
                    Query("8 * sum(rate(lebarpita_flow_unassigned_bytes_total[5m]))", "tanpa pemilik"),
                    Query(
                        '8 * sum(uplink:capacity:bytes_per_second{direction="receive"})',
                        "kapasitas",
                        line=True,
                        colour=RED,
                    ),
                ),
            ),
            empty=_SILENT,
        ),
        replace(
            table(
                Heading(
                    9, "Pengirim flow", "Tiap pengirim: catatan per detik sekarang, dan yang salah dalam satu jam."
                ),
                (
                    Column("Catatan/d", _each("records"), COUNT, _SENDING),
                    Column(
                        "Hilang",
                        "sum by (exporter) (rate(lebarpita_flow_lost_records_total[5m]))"
                        " / (sum by (exporter) (rate(lebarpita_flow_records_total[5m])) > 0)",
                        RATIO,
                        RECORD_LOSS_STEPS,
                    ),
                    Column("Tanpa templat", _events("undecoded_sets"), COUNT, ((None, GREEN), (0.5, AMBER), (60, RED))),
                    Column("Tanpa laju sampel", _events("unsampled_sets"), COUNT, ((None, GREEN), (0.5, AMBER))),
                    Column("Rusak", _events("malformed"), COUNT, ((None, GREEN), (0.5, AMBER), (60, RED))),
                    Column("Sampel gugur", _events("sflow_dropped_samples"), COUNT, ((None, GREEN), (0.5, AMBER))),
                    Column("Dibuang sakelar", _events("sflow_discarded_samples")),
                    Column(
                        "Flow terpanjang",
                        "max by (exporter) (lebarpita_flow_active_timeout_seconds)",
                        SECONDS,
                        _TIMEOUT,
                    ),
                ),
                {"name": Label("Pengirim"), "exporter": Label("Kode", shown=False)},
                height=7,
            ),
            empty=_SILENT,
        ),
        replace(
            graph(
                Heading(
                    10,
                    "Datagram dan catatan yang tidak dihitung",
                    "Tiap detik: ditolak dan sebabnya, mustahil, gagal, dan total yang tidak mendapat tempat.",
                ),
                (
                    Query(
                        q.in_words(
                            "sum by (reason) (rate(lebarpita_flow_refused_datagrams_total[5m]))", "reason", FLOW_REASONS
                        ),
                        "ditolak: {{reason}}",
                    ),
                    Query(_each("absurd_records"), "mustahil {{name}}"),
                    Query(_each("spoilt_records"), "gagal {{name}}"),
                    Query(_each("forgotten_totals"), "terlupa {{name}}"),
                ),
            ),
            steps=TRACE_STEPS,
            empty=_SILENT,
        ),
        replace(
            graph(
                Heading(
                    11,
                    "Catatan flow per pengirim",
                    "Catatan dan datagram tiap detik. Nol: pengirim diam. Peristiwa tanpa byte: NAT, tidak salah.",
                ),
                (
                    Query(_each("records"), "{{name}}"),
                    Query(_each("datagrams"), "{{name}} datagram"),
                    Query("sum(rate(lebarpita_flow_events_without_bytes_total[5m]))", "peristiwa tanpa byte"),
                ),
            ),
            plain="its red is the table's column beside it: a rate of records has no bound of its own but nought",
            empty=_SILENT,
        ),
        replace(
            graph(
                Heading(
                    12,
                    "Byte yang dihitung di tempat lain",
                    "Byte OPD yang tidak dihitung di sini: lewat dalam, bukan uplink, salinan keluar. Wajar.",
                    BITS,
                ),
                (
                    Query(
                        q.in_words(
                            "8 * sum by (reason) (rate(lebarpita_flow_set_aside_bytes_total[5m]))",
                            "reason",
                            ASIDE_REASONS,
                        ),
                        "{{reason}}",
                    ),
                ),
            ),
            plain="bytes that another exporter counts are no fault at any height; the balance above says when they are",
            empty="Tidak ada",
        ),
    ),
)
