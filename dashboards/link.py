"""The link board: is this line full, faulty or shaking? Serves links and uplinks alike."""

from dataclasses import replace

from dashboards.board import LINK, Board
from dashboards.panels import (
    AMBER,
    BITS,
    BLUE,
    COUNT,
    GREEN,
    PURPLE,
    RATIO,
    RED,
    UTILISATION_STEPS,
    Heading,
    Query,
    graph,
    stat,
    states,
)

BOARD = Board(
    uid="lebarpita-link",
    title="Tautan: apakah penuh, rusak, atau naik-turun?",
    description="Satu tautan atau uplink: keadaan, pemakaian terhadap kecepatannya, galat dan paket terbuang.",
    variables=(LINK,),
    panels=(
        replace(
            stat(
                Heading(1, "Keadaan", "1 bila antarmuka menyala (ifOperStatus), 0 bila mati.", COUNT),
                Query('max(lebarpita_link_up{link="$link"})', "keadaan"),
                width=6,
            ),
            steps=((None, RED), (1, GREEN)),
        ),
        replace(
            stat(
                Heading(2, "Pemakaian", "Arah tersibuk dibagi kecepatan tautan, rata-rata 5 menit.", RATIO),
                Query('max(link:utilisation:ratio{link="$link"})', "pemakaian"),
                width=6,
            ),
            steps=UTILISATION_STEPS,
        ),
        stat(
            Heading(
                3,
                "Kecepatan",
                "Kecepatan tautan: yang terendah dari klaim perangkat dan berkas kota. Untuk uplink: kapasitas sewa.",
                BITS,
            ),
            Query('8 * max(lebarpita_link_speed_bytes_per_second{link="$link"})', "kecepatan"),
            width=6,
        ),
        replace(
            stat(
                Heading(4, "Perubahan keadaan 24 jam", "Berapa kali antarmuka naik atau turun dalam 24 jam.", COUNT),
                Query(
                    'sum(changes(lebarpita_link_last_change_timestamp_seconds{link="$link"}[24h])) or vector(0)', "kali"
                ),
                width=6,
            ),
            steps=((None, GREEN), (2, AMBER), (6, RED)),
        ),
        graph(
            Heading(
                5, "Lalu lintas dan kecepatan", "Lapis 2, rata-rata 5 menit; garis putus-putus: kecepatan tautan.", BITS
            ),
            (
                Query('8 * link:receive:rate5m{link="$link"}', "unduh", colour=BLUE),
                Query('8 * link:transmit:rate5m{link="$link"}', "unggah", colour=PURPLE),
                Query(
                    '8 * max by (link) (lebarpita_link_speed_bytes_per_second{link="$link"})',
                    "kecepatan",
                    line=True,
                    colour=RED,
                ),
            ),
            width=24,
        ),
        graph(
            Heading(
                6, "Galat", "Paket rusak per detik. Selain 0: serat kotor, konektor, atau dupleks tidak cocok.", COUNT
            ),
            (
                Query(
                    'sum by (link, direction) (rate(lebarpita_link_errors_total{link="$link"}[$__rate_interval]))',
                    "{{direction}}",
                ),
            ),
        ),
        graph(
            Heading(7, "Paket dibuang", "Paket yang dibuang per detik, biasanya karena antrean penuh.", COUNT),
            (
                Query(
                    'sum by (link, direction) (rate(lebarpita_link_discards_total{link="$link"}[$__rate_interval]))',
                    "{{direction}}",
                ),
            ),
        ),
        states(
            Heading(8, "Keadaan dari waktu ke waktu", "Hijau: antarmuka menyala. Merah: mati.", COUNT),
            Query('max by (link) (lebarpita_link_up{link="$link"})', "{{link}}"),
            width=24,
        ),
    ),
)
