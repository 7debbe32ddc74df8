"""Two real Alertmanagers that know each other: told of the same, they page once; one dead, the other pages."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from alertmanager_real import answers, send
from children import child, end, until
from ports import free_port

from lab.loopback import at_work

Pages = list[tuple[float, str]]
CONFIG = """
route: {{receiver: tracker, group_by: [root], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: tracker
    webhook_configs: [{{url: "http://127.0.0.1:{port}/"}}]
"""


@contextmanager
def tracker() -> Iterator[tuple[int, Pages]]:
    """Takes webhooks; its port, and moment and root of each page."""
    pages: Pages = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            pages.append((time.monotonic(), body["groupLabels"]["root"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    with at_work(server):
        yield server.server_port, pages


@contextmanager
def pair(folder: Path, webhook: int) -> Iterator[list[tuple[str, "Popen[bytes]"]]]:
    """Address and process of each, once each knows the other."""
    (folder / "alertmanager.yml").write_text(CONFIG.format(port=webhook))
    gossip, web = [free_port(), free_port()], [free_port(), free_port()]
    with ExitStack() as stack:
        made = []
        for number in (0, 1):
            command = ["prometheus-alertmanager", f"--config.file={folder / 'alertmanager.yml'}"]
            command += [f"--storage.path={folder / str(number)}", f"--web.listen-address=127.0.0.1:{web[number]}"]
            command += [f"--cluster.listen-address=127.0.0.1:{gossip[number]}", "--cluster.settle-timeout=5s"]
            command += [f"--cluster.advertise-address=127.0.0.1:{gossip[number]}"]
            command += [f"--cluster.peer=127.0.0.1:{gossip[1 - number]}"]
            log = stack.enter_context((folder / f"log-{number}").open("w"))
            made.append(
                (f"http://127.0.0.1:{web[number]}", stack.enter_context(child(command, stdout=log, stderr=log)))
            )
        for address, process in made:
            until(partial(answers, f"{address}/-/ready"), "Alertmanager is ready", process)
        yield made


def tell(urls: list[str], root: str) -> float:
    """As the watch does: to each of those that are named. The moment."""
    alert = {"labels": {"alertname": "LebarpitaOutage", "root": root}, "annotations": {"summary": root}}
    at = time.monotonic()
    for url in urls:
        send(url, [alert])
    return at


@pytest.mark.timeout(600)
def test_two_that_are_told_the_same_page_once_and_one_alone_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tracker() as (port, pages), pair(tmp_path, port) as both:
        urls = [url for url, _ in both]
        first = tell(urls, "agg-utara")
        until(lambda: pages, "the first page")
        # Longer than the second of the two waits for the first (--cluster.peer-timeout, 15 s) before it would page too.
        time.sleep(20)
        assert [root for _, root in pages] == ["agg-utara"]
        end(both[0][1])
        second = tell(urls[1:], "agg-timur")
        until(lambda: len(pages) > 1, "the page of the one that is left")
        time.sleep(5)
        assert [root for _, root in pages] == ["agg-utara", "agg-timur"]
    with capsys.disabled():
        print(f"\ntwo Alertmanagers: one page after {pages[0][0] - first:.1f} s; one of them dead:", end=" ")
        print(f"one page after {pages[1][0] - second:.1f} s, none lost, none twice")
