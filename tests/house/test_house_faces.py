"""The pictures of the pages: every route is photographed or says why not, and the folder holds just those pictures."""

from itertools import product

from PIL import Image
from tree import ROOT

from docs.faces.page_list import FACES, UNPICTURED
from docs.faces.photographs import LONGEST, WIDTHS
from docs.routes_page import routes

PICTURES = ROOT / "docs" / "pictures"
# A clone takes what is here along, in each version: six megabytes are a minute on a poor line.
MOST_BYTES = 6_300_000


def test_every_page_of_the_table_of_routes_has_its_picture_or_its_reason() -> None:
    looked_at = {route.endpoint for route in routes() if "GET" in route.methods}
    pictured = {face.endpoint for face in FACES}
    assert sorted(looked_at - pictured - UNPICTURED.keys()) == []
    assert sorted((pictured | UNPICTURED.keys()) - looked_at) == [], "the list names what is no page any more"
    assert sorted(pictured & UNPICTURED.keys()) == [] and all(UNPICTURED.values())
    assert len({face.name for face in FACES}) == len(FACES)


def test_the_folder_holds_these_pictures_in_both_widths_and_no_other() -> None:
    wanted = {f"{face.name}-{width}.png" for face, width in product(FACES, WIDTHS)}
    committed = {path.name for path in (PICTURES / "faces").iterdir()}
    assert sorted(wanted ^ committed) == [], "run python -m docs.faces"


def test_each_picture_is_as_wide_as_it_says_and_all_together_are_small() -> None:
    for path in (PICTURES / "faces").iterdir():
        with Image.open(path) as picture:
            assert path.stem.endswith(f"-{picture.width}") and picture.mode == "P" and picture.height <= LONGEST
    assert sum(path.stat().st_size for path in PICTURES.rglob("*.png")) < MOST_BYTES
