"""The board of the stack itself: does every part run, and can its figures be trusted?"""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board
from dashboards.code_words import HTTP_REASONS, PARTS, PICTURES, SENDERS, SNMP_REASONS
from dashboards.palette import (
    AMBER,
    FEW_IS_A_WARNING,
    GREEN,
    NONE_IS_GOOD,
    RED,
    SECONDS,
    Steps,
)
from dashboards.panels import Heading, Query, graph, stat
from dashboards.stack_tables import ALERTS, COUNTERS, DEVICES, DISKS, JOBS, LASTING, READING, TRAPS

# Prometheus' own time-out of a scrape is 10 s, the watch's 4 s: half of it is a part that hardly keeps up.
_SCRAPE: Steps = ((None, GREEN), (2, AMBER), (4, RED))
# The budget of the design: 500 offices under 20,000 series.
_SERIES: Steps = ((None, GREEN), (20_000, AMBER), (40_000, RED))
# Mail servers are slow, people are not: twenty messages waiting are a channel that does not answer.
_QUEUE: Steps = ((None, GREEN), (20, AMBER), (100, RED))
_WATCH_FAILURES = (
    "sum(increase(lebarpita_watch_journal_failures_total[1h])) + "
    "(sum(increase(lebarpita_watch_send_failures_total[1h]))"
    " or vector(0)) + sum(increase(lebarpita_watch_rounds_late_total[1h])) / 60"
)
_RATE = "[$__rate_interval]"


def _worded(expr: str) -> str:
    return q.in_words(expr, "reason", HTTP_REASONS)


def _by_part(expr: str) -> str:
    return q.in_words(f'label_replace({expr}, "part", "$1", "job", "lebarpita-(.+)")', "part", PARTS)


BOARD = Board(
    uid="lebarpita-stack",
    title="Sistem ini sendiri: apakah setiap bagian hidup dan angkanya dapat dipercaya?",
    description="Bagian yang hidup, perangkat yang terbaca, pekerjaan yang gagal, ruang "
    "penyimpanan, aturan yang menyala.",
    panels=(
        replace(
            stat(
                Heading(1, "Bagian mati", "Sasaran Prometheus yang tidak menjawab."),
                Query(q.counted('up{job=~"lebarpita-.+"} == 0', 'count(up{job=~"lebarpita-.+"})'), "bagian"),
            ),
            steps=NONE_IS_GOOD,
            empty="Prometheus tidak membaca apa pun",
        ),
        replace(
            stat(
                Heading(2, "Perangkat diam", "Perangkat yang tidak menjawab SNMP."),
                Query(q.counted("max by (device) (lebarpita_snmp_up) == 0", q.SNMP), "perangkat"),
            ),
            steps=FEW_IS_A_WARNING,
            empty="SNMP tidak terbaca",
        ),
        replace(
            stat(
                Heading(
                    3,
                    "Pemantau: gagal dalam 1 jam",
                    "Baris jurnal yang tidak tertulis, peringatan yang tidak diterima "
                    "Alertmanager, menit putaran terlambat.",
                ),
                Query(f"{_WATCH_FAILURES} + 10 * max(lebarpita_watch_isolated)", "kali"),
            ),
            steps=((None, GREEN), (0.5, AMBER), (5, RED)),
            empty="Pemantau diam",
        ),
        replace(
            stat(
                Heading(
                    4,
                    "Peringatan menyala",
                    "Peringatan Prometheus yang menyala, tanpa Watchdog. Abu-abu: Watchdog "
                    "sendiri tidak menyala, aturan mati.",
                ),
                Query(
                    q.counted(
                        'ALERTS{alertstate="firing",alertname!="LebarpitaWatchdog"}',
                        'count(ALERTS{alertstate="firing",alertname="LebarpitaWatchdog"})',
                    ),
                    "peringatan",
                ),
            ),
            steps=FEW_IS_A_WARNING,
            empty="Aturan tidak berjalan",
        ),
        replace(
            stat(
                Heading(14, "Pesan menunggu", "Pesan di kotak keluar pelacak yang belum terkirim."),
                Query("max(lebarpita_outbox_waiting)", "pesan"),
            ),
            steps=_QUEUE,
            empty="Pelacak diam",
        ),
        replace(
            stat(
                Heading(15, "Penerapan gagal", "Putaran pembatas laju yang gagal dalam satu jam (KTM-07)."),
                Query(
                    f"(sum(increase(lebarpita_shaping_failures_total[1h])) or 0 * {q.SHAPING}) and on () {q.SHAPING}",
                    "kali",
                ),
            ),
            steps=((None, GREEN), (0.5, AMBER), (5, RED)),
            empty="Pembatas laju diam",
        ),
        ALERTS,
        READING,
        replace(
            graph(
                Heading(
                    6, "Pembacaan SNMP yang gagal", "Bagian pembacaan yang gagal, tiap sebab; satu berarti semua gagal."
                ),
                (
                    Query(
                        q.in_words(
                            f"(sum by (reason) (rate(lebarpita_snmp_poll_failures_total{_RATE}))"
                            f" / on () group_left () sum(rate(lebarpita_snmp_polls_total{_RATE})))",
                            "reason",
                            SNMP_REASONS,
                        ),
                        "{{reason}}",
                    ),
                ),
            ),
            # A tenth of all readings is one device of ten that is silent all the time.
            steps=((None, GREEN), (0.01, AMBER), (0.1, RED)),
            empty="Belum ada yang gagal, atau SNMP tidak terbaca",
        ),
        DEVICES,
        JOBS,
        DISKS,
        LASTING,
        replace(
            graph(
                Heading(7, "Lama tiap scrape", "Waktu Prometheus membaca tiap bagian.", SECONDS),
                (Query(_by_part('max by (job) (scrape_duration_seconds{job=~"lebarpita-.+"})'), "{{part}}"),),
            ),
            steps=_SCRAPE,
            empty="Prometheus tidak membaca apa pun",
        ),
        replace(
            graph(
                Heading(8, "Banyaknya deret", "Deret semua bagian; anggaran 500 OPD di bawah 20.000."),
                (
                    Query(_by_part('sum by (job) (scrape_samples_scraped{job=~"lebarpita-.+"})'), "{{part}}"),
                    Query('sum(scrape_samples_scraped{job=~"lebarpita-.+"})', "semua"),
                ),
            ),
            steps=_SERIES,
            empty="Prometheus tidak membaca apa pun",
        ),
        replace(
            graph(
                Heading(
                    11,
                    "Pekerjaan yang gagal",
                    "Kegagalan per detik tiap pekerjaan.",
                ),
                (
                    Query(
                        q.in_words(
                            f"sum by (part, exported_job) (rate(lebarpita_job_failures_total{_RATE}))", "part", PARTS
                        ),
                        "{{part}} {{exported_job}}",
                    ),
                ),
            ),
            steps=((None, GREEN), (0.001, AMBER), (0.01, RED)),
            empty="Tidak ada",
        ),
        replace(
            graph(
                Heading(
                    13,
                    "Sambungan, kiriman dan foto",
                    "Sambungan terbuka, MiB kiriman di perjalanan dan berkas tanpa kasus, kotak masuk, "
                    "foto yang diolah; yang ditutup dan ditolak tiap detik.",
                ),
                (
                    Query("sum(lebarpita_http_connections)", "terbuka"),
                    Query("sum(lebarpita_http_held_bytes) / 1048576", "kiriman (MiB)"),
                    Query(
                        q.in_words("sum by (by) (lebarpita_parked_bytes) / 1048576", "by", SENDERS),
                        "berkas tanpa kasus (MiB): {{by}}",
                    ),
                    Query("max(lebarpita_inbox_waiting)", "kiriman di kotak masuk"),
                    Query("max(lebarpita_inbox_oldest_seconds) / 3600", "yang tertua di kotak masuk (jam kerja)"),
                    Query(q.in_words("sum by (state) (lebarpita_pictures)", "state", PICTURES), "foto {{state}}"),
                    Query(
                        f'sum(rate(lebarpita_file_children_total{{child="new"}}{_RATE})) > 0',
                        "berkas dibaca proses yang baru dimulai",
                    ),
                    Query(
                        _worded(f"sum by (reason) (rate(lebarpita_http_connections_closed_total{_RATE})) > 0"),
                        "ditutup: {{reason}}",
                    ),
                    Query(
                        _worded(f"sum by (reason) (rate(lebarpita_http_requests_refused_total{_RATE})) > 0"),
                        "ditolak: {{reason}}",
                    ),
                ),
            ),
            # The server closes the idlest from 1,000 connections on; its room for bodies is 512 MiB.
            steps=((None, GREEN), (300, AMBER), (800, RED)),
            empty="Pelacak diam",
        ),
        COUNTERS,
        TRAPS,
    ),
)
