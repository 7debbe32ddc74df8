"""A real time-stamping authority on loopback: OpenSSL's own responder behind HTTP, with new certificates."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lab.loopback import at_work

_SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {common}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_cert = stamper.pem
certs = root.pem
signer_key = stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """Where it answers, by which certificate it is trusted; ``garbles`` makes it answer something else."""

    url: str
    roots: Path
    garbles: bytes = b""


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def _certificates(folder: Path) -> None:
    for name, common in (("root", "Akar Uji"), ("stamper", "Otoritas Uji")):
        (folder / f"{name}.cnf").write_text(_SETTINGS.format(common=common))
        _openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{name}.key")
    root = ("-config", "root.cnf", "-extensions", "root", "-days", "30")
    _openssl(folder, "req", "-x509", "-new", "-key", "root.key", "-out", "root.pem", *root)
    _openssl(folder, "req", "-new", "-key", "stamper.key", "-out", "stamper.csr", "-config", "stamper.cnf")
    signing = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30")
    own = ("-extfile", "stamper.cnf", "-extensions", "stamper")
    _openssl(folder, "x509", "-req", "-in", "stamper.csr", "-out", "stamper.pem", *signing, *own)
    (folder / "serial").write_text("01\n")


@contextmanager
def timestamp_authority(folder: Path) -> Iterator[Authority]:
    """The authority for as long as the block lasts."""
    folder.mkdir()
    _certificates(folder)
    authority = Authority("", folder / "root.pem")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            by = ("-config", "stamper.cnf", "-section", "authority")
            _openssl(folder, "ts", "-reply", "-queryfile", "query", "-out", "answer", *by)
            answer = authority.garbles or (folder / "answer").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with at_work(server) as address:
        authority.url = f"{address}/tsr"
        yield authority
