"""The example city with an office more, and one that cannot be used: what is read anew while parts are at work."""

from tree import EXAMPLE_CITY

CODE = "arsip"
PREFIX = "10.10.77.0/24"
_LINK = (
    f"  - {{name: selatan-{CODE}, upstream: {{device: dist-selatan, interface: {CODE}}}, opd: {CODE},"
    " speed: 100 Mbit/s}\n\nopds:\n"
)
_OPD = (
    f"  - {{code: {CODE}, name: Dinas Arsip, district: Selatan, prefixes: [{PREFIX}],"
    " address: 10.10.77.2, measured: interface}\n"
)
REFUSED = "10.10.77.0/33"


def with_office(city: str | None = None, prefix: str = PREFIX) -> str:
    """The text of the city with the office first of all, so that every number of an OPD moves."""
    text = EXAMPLE_CITY.read_text() if city is None else city
    assert text.count("\nopds:\n") == 1
    return text.replace("\nopds:\n", _LINK + _OPD.replace(PREFIX, prefix))
