"""The agent's pages: metrics, ``/healthz`` and ``/readyz`` in a thread of their own. A registry and a readiness in."""

import socket
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from runtime.health import Readiness, said

Environ = dict[str, Any]
Begin = Callable[..., Any]
Application = Callable[[Environ, Begin], Iterable[bytes]]
_STATUS = {200: "200 OK", 503: "503 Service Unavailable"}


class _Server(ThreadingMixIn, WSGIServer):
    # A scrape that hangs must not hold up the next one, nor the agent's end.
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a line for each scrape would bury the agent's own."""


def application(registry: CollectorRegistry, readiness: Readiness) -> Application:
    """The two health pages by their paths; every other path is the metrics, as prometheus-client serves them."""
    metrics = make_wsgi_app(registry)

    def answer(environ: Environ, begin: Begin) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in ("/healthz", "/readyz"):
            pieces: Iterable[bytes] = metrics(environ, begin)
            return pieces
        status, text = said(readiness.faults()) if path == "/readyz" else (200, "ok\n")
        begin(_STATUS[status], [("Content-Type", "text/plain; charset=utf-8")])
        return [text.encode()]

    return answer


def serve(listen: str, app: Application) -> int:
    """Serve in a daemon thread at ``HOST:PORT``; the port it has. Raises OSError where the address cannot be had."""
    host, _, port = listen.rpartition(":")
    kind = _Server6 if ":" in host else _Server
    server = make_server(host.strip("[]"), int(port), app, kind, _Quiet)
    # Needs no supervisor: a page that does not answer is LebarpitaPartDown.
    threading.Thread(target=server.serve_forever, name="pages", daemon=True).start()
    return server.server_port
