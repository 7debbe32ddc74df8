"""The rows of the stack's board: devices, jobs, disks, counters, traps and alerts, one line each."""

from dataclasses import replace

from dashboards import questions as q
from dashboards.alert_table import FIRING, alert_table, where
from dashboards.code_words import PARTS, PLACES, SNMP_REASONS, TRAP_READINGS, TRAP_REASONS
from dashboards.palette import (
    AMBER,
    BYTES,
    CELSIUS,
    COUNT,
    GREEN,
    NONE_IS_GOOD,
    RATIO,
    READING_STEPS,
    RED,
    SECONDS,
    Steps,
)
from dashboards.panels import Heading, Panel, Query, bars
from dashboards.tables import Column, Label, plain_words, table, unsorted

_LOAD: Steps = ((None, GREEN), (0.8, AMBER), (0.95, RED))
# Routers in a cupboard without air conditioning: makers give 60 to 70 degrees as the limit of the chassis.
_HEAT: Steps = ((None, GREEN), (60, AMBER), (75, RED))
_EVENTS: Steps = ((None, GREEN), (0.5, AMBER), (3, RED))
# Of a job's patience, five of its intervals and a minute (LebarpitaJobStale).
_PATIENCE: Steps = ((None, GREEN), (0.5, AMBER), (1, RED))
# Of room over the floor below which papers are refused: LebarpitaDiskLow fires at two of them.
_ROOM: Steps = ((None, RED), (2, AMBER), (4, GREEN))
# Days: LebarpitaDiskFullSoon fires below thirty; within a week somebody must clear room by hand.
_LASTS: Steps = ((None, RED), (7, AMBER), (30, GREEN))
# As the rule writes it: ten years and more.
_ENDLESS: dict[str, tuple[str, str | None]] = {"3650": ("tidak bertambah", GREEN)}
_JOB = "by (part, exported_job)"
_TRAP_POLLS = q.in_words(
    q.device_named("sum by (device, result) (increase(lebarpita_snmp_trap_polls_total[1h]))"), "result", TRAP_READINGS
)
_REFUSED_TRAPS = q.in_words("sum by (reason) (increase(lebarpita_snmp_trap_refused_total[1h]))", "reason", TRAP_REASONS)

READING: Panel = replace(
    bars(
        Heading(
            5,
            "Lama membaca tiap perangkat",
            "Waktu satu pembacaan SNMP. Dari 2 detik: habis waktu dan diulang; perangkat lambat atau jalur buruk.",
            SECONDS,
        ),
        Query(
            f"sort_desc({q.device_named('topk(15, max by (device) (lebarpita_snmp_scrape_duration_seconds))')})",
            "{{name}}",
        ),
    ),
    steps=READING_STEPS,
    empty="SNMP tidak terbaca",
)
DEVICES: Panel = replace(
    table(
        Heading(16, "Perangkat", "Keadaan tiap perangkat menurut SNMP; sebab: mengapa ia tidak terbaca."),
        (
            Column(
                "Terbaca",
                q.device_named(
                    "(max by (device) (lebarpita_snmp_up) * on (device) group_left (reason)"
                    " bottomk by (device) (1, max by (device, reason) (lebarpita_snmp_failure == 1)))"
                    " or (max by (device) (lebarpita_snmp_up) unless on (device) (lebarpita_snmp_failure == 1))"
                ),
                COUNT,
                ((None, RED), (1, GREEN)),
                {"0": ("tidak", RED), "1": ("ya", GREEN)},
            ),
            Column("Prosesor", "max by (device) (lebarpita_device_cpu_load_ratio)", RATIO, _LOAD),
            Column(
                "Memori",
                "max by (device) (lebarpita_device_memory_used_bytes / (lebarpita_device_memory_size_bytes > 0)"
                " or lebarpita_device_memory_used_ratio)",
                RATIO,
                _LOAD,
            ),
            Column("Suhu", "max by (device) (lebarpita_device_temperature_celsius)", CELSIUS, _HEAT),
            Column(
                "Dimulai ulang 24 jam",
                "sum by (device) (increase(lebarpita_device_reboots_total[24h]))",
                COUNT,
                _EVENTS,
            ),
            Column("Hidup selama", "time() - max by (device) (lebarpita_device_boot_timestamp_seconds)", SECONDS),
            Column("Pembaruan angka", "max by (device) (lebarpita_snmp_refresh_seconds)", SECONDS),
            Column("Diakali", "sum by (device) (lebarpita_snmp_quirk)"),
        ),
        {
            "name": Label("Perangkat"),
            "device": Label("Kode", shown=False),
            "reason": Label("Sebab", plain_words(SNMP_REASONS)),
        },
    ),
    empty="SNMP tidak terbaca",
)
JOBS: Panel = replace(
    table(
        Heading(
            10,
            "Pekerjaan di dalam bagian",
            "Kesabaran: waktu sejak terakhir berhasil dibagi lima jaraknya; satu berarti gagal atau menggantung.",
        ),
        (
            Column(
                "Kesabaran",
                f"max {_JOB} ((time() - lebarpita_job_last_success_timestamp_seconds)"
                " / (5 * lebarpita_job_interval_seconds + 60))",
                RATIO,
                _PATIENCE,
            ),
            Column("Lama", f"max {_JOB} (lebarpita_job_duration_seconds)", SECONDS),
            Column("Gagal 1 jam", f"sum {_JOB} (increase(lebarpita_job_failures_total[1h]))", COUNT, _EVENTS),
        ),
        {"part": Label("Bagian", plain_words(PARTS)), "exported_job": Label("Pekerjaan")},
        width=12,
    ),
    empty="Tidak ada bagian yang terbaca",
)
DISKS: Panel = replace(
    bars(
        Heading(
            12,
            "Ruang penyimpanan pelacak",
            "Ruang bebas tiap tempat, dalam kelipatan batas: di bawah satu berkas ditolak (kasus tetap jalan), "
            "di bawah dua peringatan.",
            "suffix:×",
        ),
        Query(
            "sort("
            + q.in_words(
                "min by (place) (lebarpita_disk_free_bytes) / scalar(max(lebarpita_disk_floor_bytes))",
                "place",
                PLACES,
            )
            + ")",
            "{{place}}",
        ),
        height=8,
    ),
    steps=_ROOM,
    empty="Pelacak diam",
)
LASTING: Panel = replace(
    unsorted(
        table(
            Heading(
                19,
                "Kapan penyimpanan penuh",
                "Garis lurus melalui ruang bebas dua minggu; kosong selama datanya kurang dari tiga hari. "
                "Tumbuh: siapa yang mengisinya, termasuk Prometheus.",
            ),
            (
                Column("Penuh dalam (hari)", "sort(max by (place) (disk:full:days))", COUNT, _LASTS, _ENDLESS),
                Column("Tumbuh sehari", "max by (place) (disk:used:bytes_per_day)", BYTES),
                Column("Terpakai", "max by (place) (disk:used:bytes)", BYTES),
            ),
            {"place": Label("Tempat", plain_words(PLACES))},
            width=12,
        )
    ),
    empty="Belum ada bagian yang terbaca",
)
COUNTERS: Panel = replace(
    table(
        Heading(
            17,
            "Penghitung tautan yang tidak dapat dipercaya",
            "Antarmuka yang tidak ada di perangkat, penghitung yang ditahan (32 bita), lompatan dalam 24 jam.",
        ),
        (
            Column(
                "Antarmuka ada",
                q.link_named(
                    "min by (link) (lebarpita_link_interface_found)"
                    " and on (link) (min by (link) (lebarpita_link_interface_found) == 0"
                    " or max by (link) (lebarpita_link_counter_refused) == 1"
                    " or max by (link) (increase(lebarpita_link_counter_discontinuities_total[24h])) > 0)"
                ),
                COUNT,
                ((None, RED), (1, GREEN)),
                {"0": ("tidak", RED), "1": ("ya", GREEN)},
            ),
            Column("Ditahan", "max by (link) (lebarpita_link_counter_refused) == 1", COUNT, NONE_IS_GOOD),
            Column(
                "Lompatan",
                "max by (link) (increase(lebarpita_link_counter_discontinuities_total[24h])) > 0",
                COUNT,
                _EVENTS,
            ),
        ),
        {"name": Label("Tautan", links=(q.ROW_TO_LINK,)), "link": Label("Kode", shown=False)},
        width=12,
    ),
    empty="Tidak ada",
)
TRAPS: Panel = replace(
    table(
        Heading(
            18,
            "Trap",
            "Trap dalam satu jam menurut perangkat dan jenis; ditolak: bukan dari perangkat kita, atau rusak.",
        ),
        (
            Column(
                "Banyaknya",
                f"{q.device_named('sum by (device, trap) (increase(lebarpita_snmp_trap_received_total[1h]))')}"
                f' or label_replace({_REFUSED_TRAPS}, "trap", "ditolak: $1", "reason", "(.+)")'
                f' or label_replace({_TRAP_POLLS}, "trap", "pembacaan: $1", "result", "(.+)")',
                COUNT,
                # A storm: more than ten a minute of one kind.
                ((None, GREEN), (60, AMBER), (600, RED)),
            ),
        ),
        {
            "name": Label("Perangkat"),
            "device": Label("Kode", shown=False),
            "trap": Label("Jenis"),
            "reason": Label("", shown=False),
            "result": Label("", shown=False),
        },
        width=12,
    ),
    empty="Tidak ada trap",
)
ALERTS: Panel = alert_table(
    Heading(9, "Peringatan yang menyala", "Setiap peringatan yang menyala sekarang. Klik namanya: runbook."),
    FIRING,
    {**where(), "part": Label("Bagian", plain_words(PARTS))},
)
