"""The city board, for the wall of the NOC: is everybody connected, and who is full? Read without a mouse."""

from dataclasses import replace

from dashboards.board import Board
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
    WALL_WAITING_STEPS,
    Heading,
    Query,
    bars,
    graph,
    stat,
    states,
)

TO_OPD = ("Buka OPD", "/d/lebarpita-opd?var-opd=${__field.labels.opd}&${__url_time_range}")

BOARD = Board(
    uid="lebarpita-city",
    title="Kota: apakah semua OPD tersambung, dan siapa yang penuh?",
    description="Papan dinding NOC. Gangguan dulu, lalu kesegaran data, lalu OPD dengan pemakaian tertinggi.",
    panels=(
        replace(
            stat(
                Heading(
                    1,
                    "Gangguan berlangsung",
                    "Banyaknya akar gangguan saat ini menurut pemantau 1 detik. 0 berarti semua cabang tersambung.",
                    COUNT,
                ),
                # "or vector(0)": without an outage the series do not exist, and an empty panel looks broken.
                Query("count(max by (root) (lebarpita_outage) == 1) or vector(0)", "gangguan"),
                width=6,
            ),
            steps=((None, GREEN), (1, RED)),
        ),
        replace(
            stat(
                Heading(2, "OPD terputus", "Banyaknya OPD yang terputus karena gangguan di atas.", COUNT),
                Query("sum(max by (root) (lebarpita_outage_offices_cut_off)) or vector(0)", "OPD"),
                width=6,
            ),
            steps=((None, GREEN), (1, RED)),
        ),
        replace(
            stat(
                Heading(
                    3,
                    "Umur data",
                    "Berapa lama sejak perangkat terakhir kali terbaca. Di atas 1 menit angka lain di papan ini basi.",
                    SECONDS,
                ),
                # timestamp() of the sample, not of the question: Prometheus would answer with a value up to five
                # minutes old.
                Query("time() - max(timestamp(lebarpita_snmp_up == 1))", "umur"),
                width=6,
            ),
            steps=WALL_WAITING_STEPS,
        ),
        replace(
            stat(
                Heading(4, "Perangkat diam", "Banyaknya perangkat yang tidak menjawab SNMP sekarang.", COUNT),
                Query("count(lebarpita_snmp_up == 0) or vector(0)", "perangkat"),
                width=6,
            ),
            steps=((None, GREEN), (1, AMBER)),
        ),
        graph(
            Heading(
                5,
                "Uplink: pemakaian dan kapasitas",
                "Lalu lintas uplink (lapis 2, rata-rata 5 menit) dan kapasitas sewanya sebagai garis putus-putus.",
                BITS,
            ),
            (
                Query("8 * uplink:receive:rate5m", "{{link}} unduh", colour=BLUE),
                Query("8 * uplink:transmit:rate5m", "{{link}} unggah", colour=PURPLE),
                Query("8 * uplink:capacity:bytes_per_second", "{{link}} kapasitas", line=True, colour=RED),
            ),
        ),
        replace(
            bars(
                Heading(
                    6,
                    "OPD paling penuh",
                    "Pemakaian dibagi alokasi, arah tersibuk, rata-rata 5 menit. Sepuluh tertinggi.",
                    RATIO,
                ),
                Query("sort_desc(topk(10, max by (opd) (opd:utilisation:ratio)))", "{{opd}}"),
            ),
            steps=UTILISATION_STEPS,
            links=(TO_OPD,),
            maximum=1.0,
        ),
        replace(
            graph(
                Heading(
                    7,
                    "OPD dengan unduhan terbesar",
                    "Sepuluh OPD dengan unduhan terbesar sekarang (rata-rata 5 menit; satu sumber ukur per OPD).",
                    BITS,
                ),
                (Query("8 * topk(10, opd:receive:rate5m)", "{{opd}}"),),
            ),
            links=(TO_OPD,),
        ),
        replace(
            states(
                Heading(
                    8, "Keterjangkauan OPD", "Hijau: OPD menjawab pemantau tiap detik. Merah: tidak menjawab.", COUNT
                ),
                Query('max by (opd) (lebarpita_reachable{opd!=""})', "{{opd}}"),
                width=12,
            ),
            links=(TO_OPD,),
        ),
    ),
)
