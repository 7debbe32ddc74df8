"""``unanswered`` against a real Prometheus: answered queries pass, silent ones and refused ones are named."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from children import child, until
from ports import free_port

from dashboards import contract
from dashboards.panels import Json
from lab.loopback import at_work

PAGE = b'lebarpita_opd_info{opd="dinkes",name="Dinas Kesehatan"} 1\nlebarpita_snmp_up{device="core"} 1\n'


class Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def answered(url: str) -> bool:
    try:
        with urlopen(url, timeout=30) as page:
            return b'"result":[{' in page.read()
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus that scrapes one page."""
    home = tmp_path_factory.mktemp("prometheus")
    source = ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    config = home / "prometheus.yml"
    target = f"127.0.0.1:{source.server_address[1]}"
    config.write_text(
        "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        f'scrape_configs: [{{job_name: lebarpita, static_configs: [{{targets: ["{target}"]}}]}}]\n',
        encoding="utf-8",
    )
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={home / 'data'}"]
    command.append(f"--web.listen-address={address}")
    with at_work(source), (home / "log").open("w") as log, child(command, stdout=log, stderr=log) as process:
        until(lambda: answered(f"http://{address}/api/v1/query?query=lebarpita_opd_info"), home / "log", process)
        yield f"http://{address}"


def small_board(expr: str, *, empty: str | None = None) -> Json:
    defaults = {"unit": "short"} | ({"noValue": empty} if empty else {})
    variable = {"name": "opd", "definition": "query_result(lebarpita_opd_info)"}
    panel = {"title": "Uji", "targets": [{"expr": expr}], "fieldConfig": {"defaults": defaults}}
    return {
        "uid": "lebarpita-uji",
        "panels": [panel],
        "templating": {"list": [variable]},
        "annotations": {"list": []},
    }


def test_a_query_with_data_is_answered(prometheus: str) -> None:
    assert contract.unanswered(prometheus, [small_board("lebarpita_snmp_up")]) == ()


def test_a_variable_takes_a_value_that_prometheus_knows(prometheus: str) -> None:
    assert contract.unanswered(prometheus, [small_board('lebarpita_opd_info{opd="$opd"}')]) == ()


def test_a_query_without_data_is_named_with_its_panel(prometheus: str) -> None:
    (fault,) = contract.unanswered(prometheus, [small_board("lebarpita_no_such_metric")])
    assert fault == "lebarpita-uji: Uji: no data: lebarpita_no_such_metric"


def test_a_panel_that_says_what_emptiness_means_may_be_empty(prometheus: str) -> None:
    assert contract.unanswered(prometheus, [small_board("lebarpita_outage == 1", empty="Tidak ada gangguan")]) == ()


def test_a_query_that_prometheus_refuses_is_named(prometheus: str) -> None:
    (fault,) = contract.unanswered(prometheus, [small_board("rate(lebarpita_snmp_up)", empty="x")])
    assert "parse error" in fault


def test_a_prometheus_that_is_not_there_is_an_error_of_its_own() -> None:
    with pytest.raises(contract.PrometheusError):
        contract.unanswered("http://127.0.0.1:1", [small_board("up")])
