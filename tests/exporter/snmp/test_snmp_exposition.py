"""The page writer and the HTTP face that every part of the exporter shares."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession, UnixConnector
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.errors import ExporterError
from exporter.http.server import HttpApplication, Listen, metrics_page, parse_listen, run, start
from exporter.metrics import Metric, page

SEEN = Metric("lebarpita_seen_total", "counter", "Seen, with \\ and\nnewline.", ("who", "what"))


@given(st.text(), st.text(), st.integers(0, 2**53) | st.floats(allow_nan=False))
def test_any_label_and_value_is_read_back_by_prometheus_clients_parser(who: str, what: str, value: float) -> None:
    (family,) = text_string_to_metric_families(page([(SEEN, [((who, what), value)])]).decode())
    (sample,) = family.samples
    assert sample.name == "lebarpita_seen_total"
    assert sample.labels["who"] == who.encode("utf-8", "replace").decode()
    assert sample.value == value


def test_a_family_without_samples_leaves_no_line() -> None:
    assert page([(SEEN, [])]) == b""


def test_a_wrong_number_of_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        page([(SEEN, [(("one",), 1)])])


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("127.0.0.1:9810", Listen("127.0.0.1", 9810)),
        ("[::1]:9810", Listen("::1", 9810)),
        ("unix:/tmp/s", Listen(path="/tmp/s")),
    ],
)
def test_addresses_to_listen_on_are_read(text: str, listen: Listen) -> None:
    assert parse_listen(text) == listen


@pytest.mark.parametrize("text", ["9810", "host:", "host:http", "host:70000", "unix:relative"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ExporterError, match="write HOST:PORT"):
        parse_listen(text)


async def _fetched(listen: str) -> str:
    app = HttpApplication({"/metrics": metrics_page(lambda: page([(SEEN, [(("a", "b"), 3)])]))})
    runner = await start(app, listen)
    try:
        async with ClientSession(connector=UnixConnector(listen.removeprefix("unix:"))) as session:
            return await (await session.get("http://exporter/metrics")).text()
    finally:
        await runner.cleanup()


def test_the_metrics_page_is_served_on_a_unix_socket_with_the_process_own_figures(tmp_path: Path) -> None:
    names = {family.name for family in text_string_to_metric_families(asyncio.run(_fetched(f"unix:{tmp_path}/s")))}
    assert {"lebarpita_seen", "process_cpu_seconds", "process_resident_memory_bytes"} <= names


def test_an_address_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExporterError, match="cannot be had"):
        run(HttpApplication({}), f"unix:{tmp_path}/missing/s")
