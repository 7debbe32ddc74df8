"""The map: where is it cut or ill? Devices and offices that have coordinates, in the colours of their lines."""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board
from dashboards.city import CUT_OFF_NOW, ILL_NOW, OUTAGES_NOW
from dashboards.maps import places
from dashboards.palette import BLUE
from dashboards.panels import Heading, Query, stat
from dashboards.tree import DOWN, ILL, NOT_ANSWERING, UP

_PLACES = "max by (link, opd, name) (lebarpita_place_latitude_degrees)"
# Where the watch stands there is no line that could be cut: it answers as long as the watch decides.
_ROOT = 'max by (link) (lebarpita_place_latitude_degrees{link=""})'
_STATES = " or on (link) ".join(
    [
        q.while_watched(f"3 + max by (link) ({DOWN})"),
        q.while_watched(f"2 * max by (link) ({ILL})"),
        q.while_watched(f"max by (link) ({UP}) or on (link) 0 * {_ROOT} + 1"),
        "0 * max by (link) (lebarpita_place_latitude_degrees)",
    ]
)
_STATE = f"(0 * {_PLACES}) + on (link) group_left () ({_STATES})"
# Names stand where something is wrong with the line itself, not with one above it: else a cut trunk is a wall of names.
_OWN = (
    f'label_replace({q.OUTAGES}, "link", "$1", "root", "(.+)")'
    " or on (link) max by (link) (lebarpita_link_degraded or lebarpita_link_large_packets_lost) == 1"
)
_CAPTIONED = (
    f'label_replace(({_STATE}) and on (link) ({_OWN}), "caption", "$1", "name", "(.+)")'
    f" or (({_STATE}) unless on (link) ({_OWN}))"
)

BOARD = Board(
    uid="lebarpita-map",
    title="Peta: di mana yang putus atau sakit?",
    description="Perangkat dan OPD pada koordinat berkas kota. Tanpa peta dasar: papan ini tidak memerlukan internet.",
    panels=(
        replace(
            places(
                Heading(
                    21,
                    "Peta kota",
                    "Merah putus, kuning sakit, hijau menjawab, abu-abu tidak diketahui; nama: tautannya sendiri yang "
                    "bermasalah. Kosong: berkas kota tanpa koordinat, atau pemantau mati. Klik titik untuk tautannya.",
                ),
                (
                    Query(_PLACES),
                    Query("max by (link, opd, name) (lebarpita_place_longitude_degrees)"),
                    Query(_CAPTIONED),
                ),
            ),
            links=(q.ROW_TO_LINK,),
            empty="Tanpa koordinat, atau pemantau mati",
        ),
        replace(OUTAGES_NOW, width=4),
        replace(CUT_OFF_NOW, width=4),
        replace(ILL_NOW, width=4),
        replace(
            stat(
                Heading(22, "OPD tanpa koordinat", "Banyaknya OPD yang tidak ada di peta: isi coordinates-nya."),
                Query(
                    q.counted(
                        "max by (opd) (lebarpita_opd_uplink_info)"
                        " unless on (opd) max by (opd) (lebarpita_place_latitude_degrees)",
                        q.WATCH,
                    ),
                    "OPD",
                ),
            ),
            steps=((None, BLUE),),
            empty="Pemantau diam",
        ),
        replace(NOT_ANSWERING, height=14),
    ),
)
