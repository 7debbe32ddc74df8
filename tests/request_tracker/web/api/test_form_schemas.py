"""One declaration of a form for its page, its check and the API's description: all three say the same."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from tracker_site import Site

from request_tracker.sop.field_schema import form_schema
from request_tracker.sop.forms import FORMS
from request_tracker.web.shell.pages import PageGroup

# Fields that stand on every form of the pages, or are a file: the description's text names the first, files are below.
HIDDEN = {"csrf_token", "sekali", "key", "warned", "sop", "version", "act", "dari"}


class _Fields(HTMLParser):
    """The named fields of each form of a page, whether one is required and how long it may be."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "form":
            self.forms.append({})
        is_field = tag in ("input", "select", "textarea") and named.get("type") != "file"
        if is_field and self.forms and named.get("name") not in HIDDEN | {None}:
            self.forms[-1][str(named["name"])] = named


def published(site: Site) -> dict[str, Any]:
    answer: dict[str, Any] = site.client.get("/api/openapi.json").get_json()
    return answer


def declared(site: Site) -> list[Any]:
    groups = site.client.application.blueprints.values()
    return [form for group in groups if isinstance(group, PageGroup) for form in group.forms]


def test_the_description_publishes_every_form_that_a_page_declares_and_no_other(site: Site) -> None:
    schemas = published(site)["components"]["schemas"]
    from_pages = {f"form.{form.name}": form_schema(form.title.indonesian, form.fields) for form in declared(site)}
    from_steps = {f"step.{name}": form_schema(name, fields) for name, fields in FORMS.items()}
    assert {name: schema for name, schema in schemas.items() if "." in name} == from_pages | from_steps
    assert len(from_pages) == len(declared(site)) > 25


def test_every_form_s_address_takes_it(site: Site) -> None:
    takes = {(rule.rule, way) for rule in site.client.application.url_map.iter_rules() for way in rule.methods or ()}
    ways = {form.name: (form.address, "GET" if form.in_address else "POST") for form in declared(site)}
    assert [name for name, way in ways.items() if way not in takes] == []


@pytest.mark.parametrize(
    ("role", "page", "name"),
    [
        (None, "/permohonan", "request"),
        (None, "/lapor", "outage"),
        (None, "/pengaduan", "complaint"),
        ("admin", "/layar", "wall-screen"),
        ("head_of_section", "/pemeliharaan", "maintenance"),
        ("head_of_section", "/piket", "duty-turn"),
        ("head_of_office", "/delegasi", "delegation"),
        ("admin", "/narahubung", "contact"),
        ("secretariat", "/hari-libur", "office-day"),
        ("secretariat", "/hari-libur", "ramadan"),
        ("secretariat", "/kasus/baru?sop=PKL-BW", "counter"),
    ],
)
def test_a_page_shows_the_fields_that_are_published(site: Site, role: str | None, page: str, name: str) -> None:
    if role:
        site.enter(role)
    schema = published(site)["components"]["schemas"][f"form.{name}"]
    reader = _Fields()
    reader.feed(site.get(page))
    form = next(fields for fields in reader.forms if fields.keys() == schema["properties"].keys())
    assert {key for key, named in form.items() if "required" in named} == set(schema.get("required", ()))
    for key, named in form.items():
        longest = schema["properties"][key].get("maxLength")
        assert named.get("maxlength") in (None, str(longest)), key


def test_the_sense_of_a_kind_is_published(site: Site) -> None:
    schemas = published(site)["components"]["schemas"]
    assert schemas["form.maintenance"]["properties"]["ends"]["format"] == "date-time"
    assert schemas["step.cek_fisik"]["properties"]["daya"]["enum"] == ["baik", "padam", "tidak_stabil"]
    assert re.search("-60.*20", schemas["step.cek_fisik"]["properties"]["serat_dbm"]["description"])
