"""The board of the stack itself: does every part run, and can its figures be trusted?"""

from dataclasses import replace

from dashboards.board import Board
from dashboards.panels import AMBER, COUNT, GREEN, RED, SECONDS, Heading, Query, bars, graph, stat, table

BOARD = Board(
    uid="lebarpita-stack",
    title="Sistem ini sendiri: apakah setiap bagian hidup dan angkanya dapat dipercaya?",
    description="Bagian yang hidup, perangkat yang terbaca, flow yang hilang, aturan yang gagal.",
    panels=(
        replace(
            stat(
                Heading(1, "Bagian mati", "Sasaran Prometheus yang tidak menjawab.", COUNT),
                Query('count(up{job=~"lebarpita-.+"} == 0) or vector(0)', "bagian"),
                width=6,
            ),
            steps=((None, GREEN), (1, RED)),
        ),
        replace(
            stat(
                Heading(2, "Perangkat diam", "Perangkat yang tidak menjawab SNMP.", COUNT),
                Query("count(lebarpita_snmp_up == 0) or vector(0)", "perangkat"),
                width=6,
            ),
            steps=((None, GREEN), (1, AMBER)),
        ),
        replace(
            stat(
                Heading(3, "Flow hilang", "Catatan flow yang hilang per detik, 5 menit terakhir.", COUNT),
                Query("sum(rate(lebarpita_flow_lost_records_total[5m])) or vector(0)", "catatan"),
                width=6,
            ),
            steps=((None, GREEN), (1, AMBER)),
        ),
        replace(
            stat(
                Heading(4, "Peringatan menyala", "Peringatan Prometheus yang menyala, tanpa Watchdog.", COUNT),
                Query('count(ALERTS{alertstate="firing",alertname!="LebarpitaWatchdog"}) or vector(0)', "peringatan"),
                width=6,
            ),
            steps=((None, GREEN), (1, AMBER)),
        ),
        bars(
            Heading(
                5,
                "Lama membaca tiap perangkat",
                "Waktu satu pembacaan SNMP. Mendekati batas scrape: perangkat lambat atau jalur buruk.",
                SECONDS,
            ),
            Query("sort_desc(topk(15, max by (device) (lebarpita_snmp_scrape_duration_seconds)))", "{{device}}"),
        ),
        replace(
            graph(
                Heading(
                    6,
                    "Catatan flow per pengirim",
                    "Catatan NetFlow/IPFIX per detik tiap pengirim. Nol: pengirim diam.",
                    COUNT,
                ),
                (Query("sum by (exporter) (rate(lebarpita_flow_records_total[$__rate_interval]))", "{{exporter}}"),),
            ),
            empty="Belum ada flow",
        ),
        graph(
            Heading(7, "Lama tiap scrape", "Waktu Prometheus membaca tiap bagian.", SECONDS),
            (Query('max by (job) (scrape_duration_seconds{job=~"lebarpita-.+"})', "{{job}}"),),
        ),
        graph(
            Heading(8, "Banyaknya deret", "Deret per bagian; anggaran 500 OPD di bawah 20.000.", COUNT),
            (Query('sum by (job) (scrape_samples_scraped{job=~"lebarpita-.+"})', "{{job}}"),),
        ),
        replace(
            table(
                Heading(
                    9, "Peringatan yang menyala", "Setiap peringatan yang menyala sekarang dengan labelnya.", COUNT
                ),
                (Query('ALERTS{alertstate="firing",alertname!="LebarpitaWatchdog"}'),),
            ),
            empty="Tidak ada peringatan",
        ),
        bars(
            Heading(
                10,
                "Pekerjaan yang paling lama tidak berhasil",
                "Detik sejak tiap pekerjaan terakhir berhasil. Lebih dari lima kali jaraknya: gagal atau menggantung.",
                SECONDS,
            ),
            Query(
                "sort_desc(topk(15, max by (part, exported_job) (time() -"
                " lebarpita_job_last_success_timestamp_seconds)))",
                "{{part}} {{exported_job}}",
            ),
        ),
        replace(
            graph(
                Heading(
                    11,
                    "Pekerjaan yang gagal",
                    "Kegagalan per detik tiap pekerjaan, dan catatan flow yang gagal dihitung oleh program.",
                    COUNT,
                ),
                (
                    Query(
                        "sum by (part, exported_job) (rate(lebarpita_job_failures_total[$__rate_interval])) > 0",
                        "{{part}} {{exported_job}}",
                    ),
                    Query(
                        "sum by (exporter) (rate(lebarpita_flow_spoilt_records_total[$__rate_interval])) > 0",
                        "catatan {{exporter}}",
                    ),
                ),
            ),
            empty="Tidak ada",
        ),
    ),
)
