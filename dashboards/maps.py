"""The panel of a map: places with their coordinates and states in, a Panel out. Nothing is asked of the internet.

An office may have none, and a tile server would learn where its devices stand. Under the places lies one see-through
pixel that the board itself carries, in place of Grafana's own default of tiles from CARTO: names and the shape of the
tree are what a NOC reads. An office with a tile server of its own sets it in Grafana (``default_baselayer_config``).
"""

from dashboards.palette import AMBER, COUNT, GREEN, GREY, RED, Steps
from dashboards.panels import Heading, Json, Panel, Query, words

# A tile of one see-through pixel (PNG, RFC 2083) as an address that holds its content (RFC 2397).
EMPTY_TILE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII="
)
STATE_STEPS: Steps = ((None, GREY), (1, GREEN), (2, AMBER), (3, RED))
_STATES = {"0": ("tidak diketahui", GREY), "1": ("menjawab", GREEN), "2": ("sakit", AMBER), "3": ("putus", RED)}
LATITUDE, LONGITUDE, STATE = "Lintang", "Bujur", "Keadaan"
# Of Grafana's own pictures; its server brings it.
_DOT = "img/icons/marker/circle.svg"


def places(heading: Heading, queries: tuple[Query, Query, Query], *, width: int = 16, height: int = 22) -> Panel:
    """Dots in the colours of their states. ``queries``: degrees north, degrees east, and the state (0 to 3) of each.

    All three have the same labels link, opd and name; the state's may have caption, which is written beside the dot.
    """
    renamed = {"name": "Apa", "caption": "Nama", "Value #A": LATITUDE, "Value #B": LONGITUDE, "Value #C": STATE}
    organize: Json = {"excludeByName": {"Time": True, "opd": True}, "renameByName": renamed, "indexByName": {}}
    steps = [{"value": value, "color": colour} for value, colour in STATE_STEPS]
    return Panel(
        heading=heading,
        kind="geomap",
        queries=queries,
        width=width,
        height=height,
        options={
            "view": {"id": "fit", "allLayers": True, "lat": 0, "lon": 0, "zoom": 15, "padding": 10},
            "controls": {"showZoom": True, "mouseWheelZoom": False, "showAttribution": False, "showScale": True},
            "basemap": {"type": "xyz", "name": "Tanpa peta dasar", "config": {"url": EMPTY_TILE, "attribution": ""}},
            "layers": [_dots()],
            "tooltip": {"mode": "details"},
        },
        transformations=({"id": "merge", "options": {}}, {"id": "organize", "options": organize}),
        overrides=(
            _of(STATE, thresholds={"mode": "absolute", "steps": steps}, mappings=[words(_STATES)], unit=COUNT),
            _of(LATITUDE, decimals=4, unit="degree"),
            _of(LONGITUDE, decimals=4, unit="degree"),
            _of("link", **{"custom.hideFrom": {"tooltip": True, "viz": False, "legend": True}}),
        ),
    )


def _dots() -> Json:
    style: Json = {
        "color": {"field": STATE, "fixed": GREY},
        "opacity": 0.9,
        "size": {"fixed": 7, "min": 2, "max": 15},
        "symbol": {"mode": "fixed", "fixed": _DOT},
        "text": {"mode": "field", "field": "Nama", "fixed": ""},
        "textConfig": {"fontSize": 13, "offsetX": 12, "offsetY": 0, "textAlign": "left", "textBaseline": "middle"},
    }
    return {
        "type": "markers",
        "name": "Tempat",
        "location": {"mode": "coords", "latitude": LATITUDE, "longitude": LONGITUDE},
        "config": {"showLegend": False, "style": style},
        "tooltip": True,
    }


def _of(column: str, **settings: object) -> Json:
    properties = [{"id": name, "value": value} for name, value in settings.items()]
    return {"matcher": {"id": "byName", "options": column}, "properties": properties}
