"""Tables of firing alerts, as three boards have them: which, how grave, where, with which ticket. Rows in, a Panel out.

An alert is called by its title in both languages, and its place by the name that people know.
"""

from collections.abc import Mapping
from dataclasses import replace

from dashboards import questions as q
from dashboards.alert_titles import TITLES, both
from dashboards.palette import AMBER, BLUE, COUNT, RED
from dashboards.panels import Heading, Panel
from dashboards.tables import Column, Label, plain_words, table

FIRING = 'ALERTS{alertstate="firing",alertname!="LebarpitaWatchdog"}'
_WEIGHT_STEPS = ((None, BLUE), (2.0, AMBER), (3.0, RED))
_WEIGHT_WORDS = {"1": ("kabar", BLUE), "2": ("peringatan", AMBER), "3": ("genting", RED)}
_WEIGHTS = " or ".join(
    f'label_replace(vector({weight}), "severity", "{severity}", "", "")'
    for severity, weight in (("critical", 3), ("warning", 2), ("info", 1))
)
_NO_RULES = (
    'label_replace(3 * absent(ALERTS{alertname="LebarpitaWatchdog"}), "alertname", "aturan tidak berjalan", "", "")'
)
# Where an alert is, most telling last: "board:code", which also says what board a click leads to.
_PLACES = (("device", "stack"), ("exporter", "stack"), ("root", "link"), ("link", "link"), ("opd", "opd"))
_MADE = ("name", "board", "code", "place")
# An alert leads to the board of its place; of two variables a board takes the one that it has.
_TO_PLACE = (
    "Buka papannya",
    '/d/lebarpita-${__data.fields["board"]}?var-opd=${__data.fields["code"]}&var-link=${__data.fields["code"]}'
    "&${__url_time_range}",
)


def alert_table(
    heading: Heading, rows: str, more: Mapping[str, Label] | None = None, *, width: int = 24, height: int = 8
) -> Panel:
    """A row for each firing alert; ``more`` are further labels that tell them apart, and their columns."""
    by = ", ".join(("alertname", "severity", "ticket", *(name for name in more or () if name not in _MADE)))
    weighed = f"max by ({by}) ({rows}) * on (severity) group_left () ({_WEIGHTS})"
    labels = {
        # The cell's raw value: with words for it, the field's own would be the title.
        "alertname": Label("Peringatan", plain_words({name: both(name) for name in TITLES}), (q.TO_RUNBOOK,)),
        "severity": Label("Kode", shown=False),
        **(more or {}),
        "ticket": Label("Tiket", links=(q.ROW_TO_TICKET,)),
    }
    shown = f"{_placed(weighed) if 'name' in labels else weighed} or {_NO_RULES}"
    column = Column("Berat", shown, COUNT, _WEIGHT_STEPS, _WEIGHT_WORDS)
    return replace(table(heading, (column,), labels, width=width, height=height), empty="Tidak ada peringatan")


def where() -> dict[str, Label]:
    """The column of an alert's place, with what its link needs."""
    hidden = (*_MADE[1:], *(label for label, _ in _PLACES))
    return {"name": Label("Di mana", links=(_TO_PLACE,))} | {name: Label("Kode", shown=False) for name in hidden}


def _placed(rows: str) -> str:
    """The rows with their place's name, board and code; an alert of no place leads to the board of the stack."""
    rows = f'label_replace({rows}, "place", "stack:", "", "")'
    for label, board in _PLACES:
        rows = f'label_replace({rows}, "place", "{board}:$1", "{label}", "(.+)")'
    named = f"(({rows}) * on (place) group_left (name) ({_names()}))"
    unnamed = f'label_replace(({rows}) unless on (place) ({_names()}), "name", "$1", "place", "[a-z]+:(.*)")'
    with_code = f'label_replace({named} or {unnamed}, "code", "$1", "place", "[a-z]+:(.*)")'
    return f'label_replace({with_code}, "board", "$1", "place", "([a-z]+):.*")'


def _names() -> str:
    """Names by place; a root that is no link is a device."""
    of = (
        ("opd", q.NAMES, "opd"),
        ("link", q.LINK_NAMES, "link"),
        ("stack", q.DEVICE_NAMES, "device"),
        ("stack", q.EXPORTER_NAMES, "exporter"),
        ("link", q.DEVICE_NAMES, "device"),
    )
    placed = [f'label_replace({names}, "place", "{board}:$1", "{label}", "(.+)")' for board, names, label in of]
    return " or on (place) ".join(placed)
