"""Every value that a schema accepts is carried out: a folder, a table of the code, or a test shows it.

Three mechanisms, for each field whose values are listed (Literal or Enum):

* ``FOLDERS``: the values are the modules of a folder.
* ``TABLES``: a dictionary of the named room, outside the schema, has exactly these values as its keys. It is found by
  its keys, not by its name, so that code may move.
* ``SHOWN``: where a value only changes a course, each value names the test that shows what it does.

A field that is in none of them fails, and so does a list hidden in a pattern.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from tree import EXAMPLE_CITY, ROOT

import exporter.config
import inventory.model
import request_tracker.config
import shaping.config
from inventory.reading import InventoryError, parse_city
from shaping.registry import drivers


def the_pages_schemas() -> ModuleType:
    """What the tracker's API takes, wherever below ``web`` it stands."""
    (path,) = (ROOT / "request_tracker" / "web").rglob("schemas.py")
    return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


SCHEMAS: tuple[ModuleType, ...] = (
    inventory.model,
    exporter.config,
    shaping.config,
    request_tracker.config,
    the_pages_schemas(),
)

PORTS = "test_an_opd_measured_by_interface_has_its_bytes_and_packets_and_one_measured_by_flows_has_none_here"
TABLES = {
    "Credential.version": "exporter",
    "Credential.auth": "exporter",
    "Credential.privacy": "exporter",
    "Device.kind": "shaping",
    "SnmpPart.engine": "exporter",
    "UploadsPart.kinds": "request_tracker",
}
ONE_ROLE = "test_each_role_that_the_configuration_names_waits_and_no_other"
ONE_FACT = "test_each_fact_is_published_where_it_is_chosen_and_none_of_the_others"
FIELD_INPUTS = "test_what_a_field_means_is_a_setting_where_exporters_differ"
SHOWN = {
    "AnchorPart.every": dict.fromkeys(
        ("daily", "weekly", "never"), "test_a_daily_anchor_is_made_once_a_day_and_never_is_never"
    ),
    "SecondPersonPart.mode": {
        "auto": ONE_ROLE,
        "confirm": "test_the_configuration_can_ask_always_or_only_announce",
        "announce": "test_the_configuration_can_ask_always_or_only_announce",
    },
    "SecondPersonPart.confirmed_by": dict.fromkeys(
        ("admin", "auditor", "head_of_office"), "test_a_role_that_the_configuration_does_not_name_confirms_nothing"
    ),
    "SecondPersonPart.roles": dict.fromkeys(
        ("head_of_office", "head_of_division", "head_of_section", "secretariat", "technician", "noc_operator"), ONE_ROLE
    ),
    "TrackerConfig.status_page": dict.fromkeys(("offices", "lines", "estimates", "tickets", "maintenance"), ONE_FACT),
    "FlowSource.out_bytes": dict.fromkeys(("same", "reverse"), FIELD_INPUTS),
    "FlowSource.packet_interval": dict.fromkeys(("one_in", "sampled"), FIELD_INPUTS),
    "FlowSource.direction": {
        "ingress": "test_columns_count_what_the_oracle_counts_record_by_record",
        "egress": "test_an_exporter_of_egress_monitors_alone_counts_although_its_records_say_egress",
        "both": "test_an_egress_copy_is_left_out_where_the_exporter_monitors_both_ways",
    },
    "Opd.measured": {
        "interface": PORTS,
        "queue": "test_the_inventory_says_which_queue_of_which_device_measures_an_opd",
        "flow": PORTS,
    },
    "Config.spoofed": {
        "limit": "test_a_stray_packet_goes_to_its_own_office_or_to_a_small_class_and_is_counted",
        "drop": "test_a_stray_packet_is_dropped_and_counted_where_that_was_decided",
    },
    "Config.drift": {
        "repair": "test_somebodys_hand_is_counted_by_kind_and_office_and_mended",
        "report": "test_it_is_reported_once_and_left_where_that_was_decided",
    },
    "Config.first_apply": {
        "auto": "test_a_boot_is_no_large_change",
        "by_hand": "test_the_first_apply_waits_for_a_person_where_that_was_decided",
    },
    "Device.snmp_transport": {
        "udp": "test_an_agent_is_read_over_its_transport",
        "tcp": "test_an_agent_is_read_over_its_transport",
    },
    "UploadsPart.without_clamav": {
        "refuse": "test_while_clamd_is_down_the_office_s_own_answer_holds",
        "take": "test_while_clamd_is_down_the_office_s_own_answer_holds",
    },
    "Alert.status": {
        "firing": "test_one_outage_told_by_both_paths_is_one_ticket_and_the_journals_end_is_right",
        "resolved": "test_one_outage_told_by_both_paths_is_one_ticket_and_the_journals_end_is_right",
    },
}


def models(module: ModuleType) -> Iterator[type[BaseModel]]:
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, BaseModel) and found.__module__ == module.__name__:
            yield found


def values_in(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    elif get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for inner in get_args(annotation):
            yield from values_in(inner)


def listed() -> dict[str, frozenset[str]]:
    """``Class.field`` to the values it accepts, for every field of every schema that lists them."""
    return {
        f"{model.__name__}.{name}": values
        for module in SCHEMAS
        for model in models(module)
        for name, field in model.model_fields.items()
        if (values := frozenset(values_in(field.annotation)))
    }


LISTED = listed()


def keys_of(room: str) -> set[frozenset[str]]:
    """The keys of every dictionary of a room that is written with texts as keys."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / room).rglob("*.py")))
    return {
        frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict) and node.keys and all(isinstance(key, ast.Constant) for key in node.keys)
    }


def test_every_listed_value_has_its_mechanism_and_none_is_left_over() -> None:
    assert sorted(LISTED) == sorted({*TABLES, *SHOWN})


def test_the_city_takes_exactly_the_drivers_that_the_folder_holds() -> None:
    city = EXAMPLE_CITY.read_text(encoding="utf-8")
    assert {"libreqos", "linux", "manual", "routeros"} <= set(drivers())
    for name in drivers():
        assert parse_city(city.replace("driver: linux", f"driver: {name}")).uplinks
    for name in ("mikrotik", "vyos", "base", "Linux", ""):
        with pytest.raises(
            InventoryError, match="is not a driver of lebarpita-shaping; use libreqos or linux or manual or routeros"
        ):
            parse_city(city.replace("driver: linux", f"driver: '{name}'"))


@pytest.mark.parametrize("field", sorted(TABLES))
def test_a_table_of_the_room_has_exactly_these_values(field: str) -> None:
    assert LISTED[field] in keys_of(TABLES[field]), f"no dictionary of {TABLES[field]} has the keys {LISTED[field]}"


@pytest.mark.parametrize("field", sorted(SHOWN))
def test_each_value_names_a_test_that_is_there_and_uses_it(field: str) -> None:
    assert set(SHOWN[field]) == LISTED[field]
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    for value, test in SHOWN[field].items():
        (text,) = [text for text in files if f"def {test}(" in text]
        assert re.search(rf"\b{re.escape(value)}\b", text), f"{test} stands in a file that never says {value}"


@pytest.mark.parametrize("module", SCHEMAS, ids=lambda module: module.__name__)
def test_no_list_of_values_hides_in_a_pattern(module: ModuleType) -> None:
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    hidden = [
        found
        for found in re.findall(r'pattern=r"(.*?)"', text)
        if re.fullmatch(r"\^\(?[\w -]+(\|[\w -]+)+\)?\$", found)
    ]
    assert hidden == [], "write a Literal, so that its values are seen here"
