"""From a board to the next: the offices behind a line, the lines an office hangs on with their tickets, its alerts.

Every table of these is bounded: a row is a way to go on, and nobody reads past the worst.
"""

from dataclasses import replace

from dashboards import questions as q
from dashboards.alert_table import FIRING, alert_table
from dashboards.palette import BLUE, COUNT, GREEN, LOSS_STEPS, RATIO, RED, SECONDS, UTILISATION_STEPS
from dashboards.panels import Heading, Panel
from dashboards.tables import Column, Label, table

# Offices in the table of a line: the cut ones first, and as many as a screen shows.
OFFICES = 25
_CUT_STEPS = ((None, GREEN), (1.0, RED))
_CUT_WORDS = {"0": ("tersambung", GREEN), "1": ("terputus", RED)}
_BEHIND = (
    'max by (opd) (lebarpita_opd_info{link="$link"} or lebarpita_opd_info and on (link)'
    ' lebarpita_link_branch_info{branch="$link"}) or max by (opd) (lebarpita_opd_uplink_info{link="$link"})'
)
_WORST = f'topk({OFFICES}, 1 - max by (opd) (lebarpita_reachable{{opd!=""}}) and on (opd) ({_BEHIND}))'
_OWN = 'lebarpita_opd_info{opd="$opd",link!=""}'
# Its own line, the one above, the branch of the first tier and the uplink: in a city of three tiers that is all.
_LINES = (
    f"max by (link) ({_OWN}"
    f' or label_replace(lebarpita_link_parent_info and on (link) {_OWN}, "link", "$1", "parent", "(.+)")'
    f' or label_replace(lebarpita_link_branch_info and on (link) {_OWN}, "link", "$1", "branch", "(.+)")'
    ' or lebarpita_opd_uplink_info{opd="$opd"})'
)
_CUT_LINES = f'1 - max by (link) (lebarpita_reachable{{link!=""}}) and on (link) {_LINES}'
_AGES = 'label_replace(time() - max by (root) (lebarpita_outage_start_timestamp_seconds), "link", "$1", "root", "(.+)")'

OFFICES_BEHIND: Panel = replace(
    table(
        Heading(
            13,
            "OPD di balik tautan ini",
            f"Yang terputus dulu, paling banyak {OFFICES}. Klik nama: papan OPD-nya, pada waktu yang sama.",
        ),
        (
            Column("Keadaan", q.named(q.while_watched(_WORST)), COUNT, _CUT_STEPS, _CUT_WORDS),
            Column(
                "Pemakaian",
                f"{q.OPD_LOAD} and on (opd) ({_WORST})",
                RATIO,
                UTILISATION_STEPS,
            ),
            Column(
                "Paket hilang",
                f'max by (opd) (lebarpita_probe_loss_ratio{{window="5m"}}) and on (opd) ({q.while_watched(_WORST)})',
                RATIO,
                LOSS_STEPS,
            ),
        ),
        {"name": Label("OPD", links=(q.ROW_TO_OPD,)), "opd": Label("Kode", shown=False)},
        width=12,
    ),
    empty="Tidak ada OPD di baliknya, atau pemantau diam",
)
LINES_OF_AN_OFFICE: Panel = replace(
    table(
        Heading(
            15,
            "Jalur OPD ini: tautan, gangguan, tiket",
            "Tautannya sendiri, yang di atasnya, cabangnya dan uplinknya. Klik tautan atau tiket untuk melanjutkan.",
        ),
        (
            Column("Keadaan", q.link_named(q.while_watched(_CUT_LINES)), COUNT, _CUT_STEPS, _CUT_WORDS),
            Column("Pemakaian", f"{q.LINK_LOAD} and on (link) {_LINES}", RATIO, UTILISATION_STEPS),
            Column(
                "Lamanya",
                f"{q.while_watched(q.ticketed(_AGES))} and on (link) {_LINES}",
                SECONDS,
                ((None, RED),),
            ),
        ),
        {
            "name": Label("Tautan", links=(q.ROW_TO_LINK,)),
            "link": Label("Kode", shown=False),
            "root": Label("Akar", shown=False),
            "ticket": Label("Tiket", links=(q.ROW_TO_TICKET,)),
            "state": Label("Penanganan", {"waiting": ("belum diterima", RED), "taken": ("ditangani", BLUE)}),
        },
        width=14,
        height=6,
    ),
    empty="OPD tidak dikenal, atau pemantau diam",
)


def _alerts(number: int, rows: str, *, width: int, height: int) -> Panel:
    heading = Heading(number, "Peringatan yang menyala di sini", "Klik namanya: runbook, dengan perintah yang diketik.")
    return alert_table(heading, rows, width=width, height=height)


ALERTS_OF_A_LINE = _alerts(
    14,
    f'{FIRING} and on (link) label_replace(vector(1), "link", "$link", "", "") or '
    f'{FIRING} and on (root) label_replace(vector(1), "root", "$link", "", "")',
    width=12,
    height=8,
)
ALERTS_OF_AN_OFFICE = _alerts(
    16,
    f'{FIRING} and on (opd) label_replace(vector(1), "opd", "$opd", "", "") or '
    f'{FIRING} and on (root) label_replace({_LINES}, "root", "$1", "link", "(.+)") or '
    f"{FIRING} and on (link) {_LINES}",
    width=10,
    height=6,
)
