"""Which size of a graph an address asks for: the paper's, or a telephone's (``?layar=kecil``)."""

from flask import request

from request_tracker.letters.press.pictures import Drawing, graph, phone_graph

SCREEN, SMALL = "layar", "kecil"


def drawing_asked() -> Drawing:
    """How the graph is drawn."""
    return phone_graph if request.args.get(SCREEN) == SMALL else graph
