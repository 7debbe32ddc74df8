"""The city as a picture: which branch is cut, ill or full? The tree of links drawn from what the watch says of it."""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board, Choice
from dashboards.city import CUT_OFF_NOW, OUTAGES_NOW
from dashboards.palette import AMBER, GREEN, GREY, RATIO, RED, UTILISATION_STEPS
from dashboards.panels import Heading, Query, bars, nodes
from dashboards.tables import Column, Label, table

# A picture of more nodes than these is a cloud: then only the tiers that are chosen are drawn, nearest to the centre.
WHOLE = 100
_DEPTH = Choice("tier", "Tingkat (kota besar)", (("1", "1"), ("1-2", "1|2"), ("1-3", "1|2|3")))
_ALL = "max by (link) (lebarpita_link_branch_info)"
_SHOWN = (
    'max by (link) (lebarpita_link_branch_info{tier=~"$tier"} or'
    f" (lebarpita_link_branch_info and on () count({_ALL}) <= {WHOLE}))"
)
DOWN = "max by (link) (lebarpita_reachable) == 0"
ILL = "max by (link) (lebarpita_link_degraded or lebarpita_link_large_packets_lost) == 1"
# A branch of the first tier behind which somebody is cut off, though it passes itself.
PARTLY = (
    "label_replace(max by (branch) (lebarpita_link_branch_info and on (link) "
    f'({DOWN} or {ILL})), "link", "$1", "branch", "(.+)")'
)
UP = "max by (link) (lebarpita_reachable) == 1"
# Of the link itself, where loss begins at it; a node without it has only its load.
_LOSS = (
    'label_replace(count_values by (link) ("secondarystat",'
    ' round(100 * max by (link) (lebarpita_link_loss_ratio{bound="middle"}))),'
    ' "secondarystat", "hilang $1 %", "secondarystat", "(.+)")'
)


def _coloured(expr: str, colour: str) -> str:
    return f'label_replace({expr}, "color", "{colour}", "", "")'


def _places() -> str:
    """Every node with id, title, mainstat (load), secondarystat (loss) and color; the first colour that fits."""
    states = ((DOWN, RED), (f"{ILL} or on (link) max by (link) ({PARTLY})", AMBER), (UP, GREEN))
    layers = [_coloured(q.while_watched(f"max by (link) ({expr})"), colour) for expr, colour in states]
    coloured = " or on (link) ".join([*layers, _coloured(_SHOWN, GREY)])
    drawn = f"max by (link, color) (({coloured}) and on (link) {_SHOWN})"
    load = (
        f'label_replace(count_values by (link) ("mainstat", round(100 * {q.LINK_LOAD})),'
        ' "mainstat", "$1 %", "mainstat", "(.+)")'
    )
    loaded = f"({drawn} * on (link) group_left (mainstat) {load}) or ({drawn} unless on (link) {load})"
    lossy = f"({loaded}) * on (link) group_left (secondarystat) ({_LOSS} or on (link) {_ALL})"
    titled = f'label_replace({q.link_named(lossy)}, "title", "$1", "name", "(.+)")'
    return f'label_replace({titled}, "id", "$1", "link", "(.+)") or {_root()}'


def _root() -> str:
    """The device the watch stands at: whoever is above a branch and is none."""
    root = (
        "max by (parent) (lebarpita_link_parent_info) unless on (parent)"
        ' label_replace(lebarpita_link_parent_info, "parent", "$1", "link", "(.+)")'
    )
    coloured = f"{_coloured(q.while_watched(root), GREEN)} or on (parent) {_coloured(root, GREY)}"
    device = q.device_named(f'label_replace({coloured}, "device", "$1", "parent", "(.+)")')
    return f'label_replace(label_replace({device}, "title", "$1", "name", "(.+)"), "id", "$1", "parent", "(.+)")'


def _ways() -> str:
    above = f"max by (link, parent) (lebarpita_link_parent_info) and on (link) {_SHOWN}"
    sourced = f'label_replace({above}, "source", "$1", "parent", "(.+)")'
    return f'label_replace(label_replace({sourced}, "target", "$1", "link", "(.+)"), "id", "$1", "link", "(.+)")'


NOT_ANSWERING = replace(
    table(
        Heading(
            14,
            "Tidak menjawab",
            "Ujung tautan yang tidak menjawab pemantau; akar gangguannya di papan gangguan.",
        ),
        (
            Column(
                "Keadaan",
                q.or_silence(q.link_named(f"max by (link) (({DOWN}) + 1)")),
                steps=((None, RED),),
                words={"0": ("tidak diketahui", GREY), "1": ("putus", RED)},
            ),
        ),
        {"name": Label("Apa", links=(q.ROW_TO_LINK,)), "link": Label("Kode", shown=False)},
        width=8,
        height=9,
    ),
    empty="Semua menjawab",
)

BOARD = Board(
    uid="lebarpita-tree",
    title="Kota sebagai gambar: cabang mana yang putus, sakit, atau penuh?",
    description="Pohon tautan: merah putus, kuning sakit atau sebagian putus, hijau menjawab, abu-abu tidak diketahui.",
    choices=(_DEPTH,),
    panels=(
        replace(
            nodes(
                Heading(
                    12,
                    "Pohon tautan",
                    "Angka di dalam simpul: pemakaian tautan ke simpul itu, dan yang hilang bila ia sakit. "
                    "Klik simpul untuk membuka tautannya.",
                ),
                Query(_places()),
                Query(_ways()),
                width=16,
            ),
            links=(("Buka tautan", '/d/lebarpita-link?var-link=${__data.fields["id"]}&${__url_time_range}'),),
            empty="Pemantau diam",
        ),
        replace(OUTAGES_NOW, width=4),
        replace(CUT_OFF_NOW, width=4),
        replace(
            bars(
                Heading(13, "Tautan paling penuh", "Arah tersibuk dibagi kecepatan tautan, sepuluh tertinggi.", RATIO),
                Query(f"sort_desc({q.link_named(f'topk(10, {q.LINK_LOAD})')})", "{{name}}"),
                width=8,
            ),
            steps=UTILISATION_STEPS,
            links=(q.TO_LINK,),
            empty="SNMP tidak terbaca, atau semua putus",
            maximum=1.0,
        ),
        NOT_ANSWERING,
    ),
)
