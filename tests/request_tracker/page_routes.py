"""Every route of the pages with an address that it could have: an application in, endpoint, method and address out."""

from flask import Flask

# An honest value for each part of a path, by its name; what has none is called "lain".
PARTS = {
    **{"number": "PKL-BW/2026/000001", "step": "PKL-B-02", "sha256": "a" * 64, "code": "PKL-BW", "form": "pdf"},
    **{"name": "2026-Q4", "user": "1", "seq": "1", "kind": "lembar_disposisi", "table": "cases", "language": "id"},
    **{"filename": "lebarpita.css", "token": "salah", "secret": "salah"},
}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """All of them; one that takes both methods stands there twice."""
    walked = []
    for rule in app.url_map.iter_rules():
        named = (PARTS.get(text, "lain") if is_name else text for is_name, text in rule._trace if text != "|")
        address = "".join(named)
        walked += [(rule.endpoint, method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return walked
