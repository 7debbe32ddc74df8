"""A board: panels and variables in, one Grafana dashboard as JSON out. Pure; the uid is the board's name for ever."""

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards import questions as q
from dashboards.palette import AMBER, BLUE, GREY, PURPLE, RED
from dashboards.panel_json import to_json
from dashboards.panels import DATASOURCE, Json, Panel

# Columns of Grafana's grid.
WIDTH = 24
# Where the tracker's pages are, unless the command that builds or publishes says otherwise: the port of its contract.
TRACKER = "http://127.0.0.1:9820"
MADE_UP = "Data karangan (demo)"


@dataclass(frozen=True)
class Variable:
    """A choice at the top of the board: the values of ``label`` among the series, called by their label name."""

    name: str
    title: str
    expr: str
    label: str


@dataclass(frozen=True)
class Choice:
    """A choice at the top of the board between values that the board itself names, the first of them at the start."""

    name: str
    title: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Board:
    """One question, answered on one screen. Panels stand in reading order; rows break where the width is full."""

    uid: str
    title: str
    description: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = ()
    choices: tuple[Choice, ...] = ()
    refresh: str = "15s"
    since: str = "now-3h"
    timezone: str = "browser"


OPD = Variable("opd", "OPD", q.NAMES, "opd")
LINK = Variable("link", "Tautan", q.LINK_NAMES, "link")


def dashboard(board: Board, tracker: str = TRACKER) -> Json:
    """The whole dashboard, ready for file provisioning; tickets and runbooks are pages of ``tracker``."""
    return {
        "uid": board.uid,
        "title": board.title,
        "description": board.description,
        "tags": ["lebarpita"],
        # Of Grafana 10.4 and 11: newer ones raise it when they load a board, older ones ignore what they do not know.
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        # 1: the crosshair is shared by all graphs of the board.
        "graphTooltip": 1,
        "refresh": board.refresh,
        "time": {"from": board.since, "to": "now"},
        "timezone": board.timezone,
        "templating": {
            "list": [
                _datasource(),
                _constant("tracker", tracker.rstrip("/")),
                *(_variable(variable) for variable in board.variables),
                *(_choice(choice) for choice in board.choices),
            ]
        },
        "annotations": {"list": _annotations()},
        "links": [_menu()],
        "panels": list(_placed(board.panels)),
    }


def _placed(panels: Iterable[Panel]) -> Iterable[Json]:
    """Each as high up as it fits, and there as far to the left: no hole is left beside a high panel."""
    below = [0] * WIDTH
    for panel in panels:
        places = ((max(below[x : x + panel.width]), x) for x in range(WIDTH - panel.width + 1))
        y, x = min(places)
        yield to_json(panel, x, y)
        below[x : x + panel.width] = [y + panel.height] * panel.width


def _datasource() -> Json:
    return {
        "name": "datasource",
        "label": "Sumber data",
        "type": "datasource",
        "query": "prometheus",
        "current": {},
        "hide": 0,
        "refresh": 1,
    }


def _constant(name: str, value: str) -> Json:
    # 2: not shown; nobody chooses it.
    return {"name": name, "type": "constant", "query": value, "current": {"text": value, "value": value}, "hide": 2}


def _choice(choice: Choice) -> Json:
    options = [{"text": text, "value": value, "selected": not n} for n, (text, value) in enumerate(choice.values)]
    return {
        "name": choice.name,
        "label": choice.title,
        "type": "custom",
        "query": ",".join(f"{text} : {value}" for text, value in choice.values),
        "options": options,
        "current": {"text": options[0]["text"], "value": options[0]["value"]},
        "multi": False,
        "includeAll": False,
        "hide": 0,
    }


def _variable(variable: Variable) -> Json:
    return {
        "name": variable.name,
        "label": variable.title,
        "type": "query",
        "datasource": DATASOURCE,
        "definition": f"query_result({variable.expr})",
        "query": {"query": f"query_result({variable.expr})", "refId": "variable"},
        # Of each series as text: what people read in the list, and the code that queries and links carry.
        "regex": f'/name="(?<text>[^"]+)|{variable.label}="(?<value>[^"]+)/g',
        # 2: the values are asked for again when the time range changes.
        "refresh": 2,
        "sort": 1,
        "multi": False,
        "includeAll": False,
        "current": {},
        "hide": 0,
    }


def _annotations() -> list[Json]:
    return [
        # Where points are invented, their series say so: no board may pass them off as measured.
        _annotation(MADE_UP, 'count(lebarpita_reachable{made_up="yes"}) > 0', MADE_UP, GREY),
        _annotation("Gangguan", q.root_named("max by (root) (lebarpita_outage) == 1"), "{{name}} terputus", RED),
        _annotation(
            "Tautan sakit",
            q.link_named("max by (link) (lebarpita_link_degraded) == 1"),
            "{{name}} kehilangan paket",
            AMBER,
        ),
        _annotation(
            "Pekerjaan terencana",
            q.root_named("max by (root) (lebarpita_announced_work_info)"),
            "Pekerjaan terencana di {{name}}",
            GREY,
        ),
        _annotation(
            "Perubahan alokasi",
            q.named("max by (opd) (changes(lebarpita_opd_allocation_receive_bytes_per_second[1m])) > 0"),
            "Alokasi {{name}} berubah",
            BLUE,
        ),
        _annotation(
            "Perangkat dimulai ulang",
            q.device_named("max by (device) (changes(lebarpita_device_boot_timestamp_seconds[1m])) > 0"),
            "{{name}} dimulai ulang",
            PURPLE,
        ),
    ]


def _annotation(name: str, expr: str, title: str, colour: str) -> Json:
    return {
        "name": name,
        "datasource": DATASOURCE,
        "enable": True,
        "expr": expr,
        "titleFormat": title,
        "step": "30s",
        "iconColor": colour,
    }


def _menu() -> Json:
    return {
        "title": "Papan lebarpita",
        "type": "dashboards",
        "tags": ["lebarpita"],
        "asDropdown": True,
        "includeVars": True,
        "keepTime": True,
    }
