"""The fake router as a program: ``python -m shaping.drivers.routeros.fake``. It is a fake, and says so.

It prints its port and its user's password, and answers until it is ended.
"""

import argparse
import secrets
import ssl
import sys
import threading
from dataclasses import fields
from pathlib import Path

from shaping.drivers.routeros.fake.router import FakeRouter
from shaping.drivers.routeros.fake.server import FakeServer, serving
from shaping.drivers.routeros.fake.switches import Switches, switched
from shaping.drivers.routeros.fake.tables import Make

# The scheduler of a router has a resolution of a second.
_TICK_SECONDS = 1.0


def main() -> int:
    """Serve until Ctrl-C; 2 for wrong use."""
    options = _parser().parse_args()
    try:
        make = Make(options.version, options.level, tuple(options.interfaces.split(",")), switched(options.switch))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    router = FakeRouter(make, password=secrets.token_urlsafe(8))
    tls = None
    if options.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate, options.key)
    host, _, port = options.listen.rpartition(":")
    with serving(FakeServer(router, (host, int(port)), tls)) as server:
        said = f"FAKE RouterOS {make.version}, no real router, on {host}:{server.port}"
        print(f"{said}, user {router.user}, password {router.password}", flush=True)
        _tick(router)
    return 0


def _tick(router: FakeRouter) -> None:
    try:
        while not threading.Event().wait(_TICK_SECONDS):
            router.tick()
    except KeyboardInterrupt:
        return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shaping.drivers.routeros.fake", description=__doc__)
    parser.add_argument("--version", default=Make().version, help="as /system/resource tells it: 6.49.19, 7.17.1, 7.20")
    parser.add_argument("--level", default=Make().level, help="licence: 1 to 6, or of a CHR free, p1, p10, p-unlimited")
    parser.add_argument("--interfaces", default="lan,wan", help="names, comma between")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--certificate", type=Path, help="PEM; without it the fake speaks without TLS")
    parser.add_argument("--key", type=Path, help="PEM of the certificate's key")
    names = ", ".join(field.name for field in fields(Switches))
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help=f"open questions: {names}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
