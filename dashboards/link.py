"""The link board: is this line cut, full, ill or shaking? Serves links and uplinks alike."""

from dataclasses import replace

from dashboards import bands
from dashboards import questions as q
from dashboards.board import LINK, Board
from dashboards.palette import (
    AMBER,
    BITS,
    BLUE,
    COUNT,
    DISCARD_STEPS,
    ECHO_STEPS,
    GREEN,
    LOSS_STEPS,
    PURPLE,
    RATIO,
    RED,
    SECONDS,
    TRACE_STEPS,
    UTILISATION_STEPS,
    Steps,
)
from dashboards.panels import Heading, Query, graph, stat, states, words
from dashboards.signals import ends_of_a_line
from dashboards.ways import ALERTS_OF_A_LINE, OFFICES_BEHIND

_OF = 'link="$link"'
_SNMP = 'max by (link) (lebarpita_link_up{link="$link"})'
_PING = q.while_watched('max by (link) (lebarpita_reachable{link="$link"})')
_BOTH = f'label_replace({_SNMP}, "by", "snmp", "", "") or label_replace({_PING}, "by", "ping", "", "")'
_STATE = {
    "0": ("putus", RED),
    "1": ("satu saksi", AMBER),
    "2": ("tersambung", GREEN),
    "3": ("saksi berbeda", AMBER),
    "4": ("menyala, diam", RED),
}
# An interface that is down before a node that answers is another line, or a way that nobody wrote down; one that is up
# before a node that does not is a line on which nothing passes.
_DIFFERENCE = f"(max({_PING}) - max({_SNMP}))"
_STATES = f"3 * ({_DIFFERENCE} == 1) or -4 * ({_DIFFERENCE} == -1) or min({_BOTH}) * count({_BOTH})"
# Changes of an interface in a day: one is a reboot, six are a connector (LebarpitaLinkFlapping: four in 15 minutes).
_CHANGES: Steps = ((None, GREEN), (2, AMBER), (6, RED))

BOARD = Board(
    uid="lebarpita-link",
    title="Tautan: apakah putus, penuh, sakit, atau naik-turun?",
    description="Satu tautan atau uplink: dua saksi (SNMP dan ping), pemakaian, kehilangan paket, waktu tempuh, galat.",
    variables=(LINK,),
    panels=(
        replace(
            stat(
                Heading(
                    1,
                    "Keadaan menurut dua saksi",
                    "Tersambung: antarmukanya menyala (SNMP) dan ujungnya menjawab (ping); putus: dua-duanya tidak. "
                    "Menyala, diam: menyala, tetapi ujungnya tidak menjawab. Saksi berbeda: mati, tetapi ujungnya "
                    "menjawab. Satu saksi: yang lain diam atau tidak ada.",
                ),
                Query(_STATES, "keadaan"),
                width=6,
            ),
            steps=((None, RED), (1, AMBER), (2, GREEN), (3, AMBER), (4, RED)),
            mappings=(words(_STATE),),
            empty="Tidak diketahui",
        ),
        replace(
            stat(
                Heading(2, "Pemakaian", "Arah tersibuk dibagi kecepatan tautan, rata-rata 5 menit.", RATIO),
                Query('max(link:utilisation:ratio{link="$link"})', "pemakaian"),
            ),
            steps=UTILISATION_STEPS,
            empty="SNMP tidak terbaca",
        ),
        replace(
            stat(
                Heading(
                    9, "Paket hilang", "Bagian ping yang hilang dalam 5 menit, gangguan putus tidak dihitung.", RATIO
                ),
                Query(q.while_watched('max(lebarpita_probe_loss_ratio{link="$link",window="5m"})'), "hilang"),
            ),
            steps=LOSS_STEPS,
            empty="Tidak dipantau",
        ),
        replace(
            stat(
                Heading(4, "Perubahan 24 jam", "Berapa kali antarmuka naik atau turun dalam 24 jam."),
                Query('sum(changes(lebarpita_link_last_change_timestamp_seconds{link="$link"}[24h]))', "kali"),
            ),
            steps=_CHANGES,
            empty="SNMP tidak terbaca",
        ),
        replace(
            stat(
                Heading(
                    3,
                    "Kecepatan",
                    "Kecepatan tautan: yang terendah dari klaim perangkat dan berkas kota. Untuk "
                    "uplink: kapasitas sewa.",
                    BITS,
                ),
                Query('8 * max(lebarpita_link_speed_bytes_per_second{link="$link"})', "kecepatan"),
                width=6,
            ),
            steps=((None, BLUE),),
            empty="SNMP tidak terbaca",
        ),
        replace(
            graph(
                Heading(
                    5,
                    "Lalu lintas dan kecepatan",
                    "Lapis 2, rata-rata 5 menit; garis putus-putus: kecepatan tautan.",
                    BITS,
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
            empty="SNMP tidak terbaca",
        ),
        replace(
            graph(
                Heading(
                    10,
                    "Kehilangan paket",
                    "Bagian ping yang hilang, 5 dan 60 menit; pita: menit terbaik sampai terburuk dari 15 menit. "
                    "Di tautan sakit juga: miliknya sendiri, dengan selangnya.",
                    RATIO,
                ),
                (
                    *bands.loss(_OF),
                    Query('max(lebarpita_link_loss_ratio{link="$link",bound="middle"})', "tautan ini", colour=RED),
                    Query(
                        'max(lebarpita_link_loss_ratio{link="$link",bound="high"})',
                        "paling banyak",
                        colour=AMBER,
                        down_to="paling sedikit",
                    ),
                    Query('max(lebarpita_link_loss_ratio{link="$link",bound="low"})', "paling sedikit", colour=AMBER),
                ),
            ),
            steps=LOSS_STEPS,
            empty="Tidak dipantau",
        ),
        replace(
            graph(
                Heading(
                    11,
                    "Waktu tempuh",
                    "Median ping 5 menit; pita: dari median sampai p95; getaran: jitter. "
                    "Tautan ini: yang bermula di sini. Naik saat ramai: antrean.",
                    SECONDS,
                ),
                (
                    *bands.round_trip(_OF),
                    Query('max(lebarpita_link_delay_seconds{link="$link"})', "tautan ini", colour=RED),
                ),
            ),
            steps=ECHO_STEPS,
            empty="Tidak dipantau",
        ),
        replace(
            graph(
                Heading(
                    6, "Galat", "Paket rusak per detik. Selain 0: serat kotor, konektor, atau dupleks tidak cocok."
                ),
                (
                    Query(
                        q.directed(
                            "sum by (link, direction) "
                            '(rate(lebarpita_link_errors_total{link="$link"}[$__rate_interval]))'
                        ),
                        "{{direction}}",
                    ),
                ),
            ),
            steps=TRACE_STEPS,
            empty="SNMP tidak terbaca",
        ),
        replace(
            graph(
                Heading(7, "Paket dibuang", "Paket yang dibuang per detik, biasanya karena antrean penuh."),
                (
                    Query(
                        q.directed(
                            "sum by (link, direction) "
                            '(rate(lebarpita_link_discards_total{link="$link"}[$__rate_interval]))'
                        ),
                        "{{direction}}",
                    ),
                ),
            ),
            steps=DISCARD_STEPS,
            empty="SNMP tidak terbaca",
        ),
        OFFICES_BEHIND,
        ALERTS_OF_A_LINE,
        ends_of_a_line(12, _OF),
        replace(
            states(
                Heading(8, "Dua saksi dari waktu ke waktu", "Antarmuka menurut SNMP, jawaban menurut ping.", COUNT),
                Query(_BOTH, "{{by}}"),
                height=5,
            ),
            empty="Tidak diketahui",
        ),
    ),
)
