"""The site in front of the tracker: a host name in, nginx's file and a first certificate out.

The first certificate is signed by itself, so that nginx starts and nobody's password travels in the clear; ``doctor``
says that it is one until the office puts its own in its place.
"""

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from operations.install.services import ETC

SITE = PurePosixPath("/etc/nginx/conf.d/lebarpita.conf")
CERTIFICATE, KEY = ETC / "tls" / "site.crt", ETC / "tls" / "site.key"
# Browsers take none that is valid for longer (CA/Browser Forum, ballot SC-081: 398 days until March 2026).
FIRST_DAYS = 397
# Three papers at their largest (25 MB) and the form around them (request_tracker.config.ServerPart).
LARGEST_BODY = "100m"


def site_file(host: str) -> str:
    """nginx's file: TLS alone, the address of whoever asks handed on, machines' pages answered to this machine only."""
    return f"""\
server {{
    listen 80;
    listen [::]:80;
    server_name {host};
    location /.well-known/acme-challenge/ {{ root /var/www/html; }}
    location / {{ return 301 https://$host$request_uri; }}
}}

server {{
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name {host};
    ssl_certificate {CERTIFICATE};
    ssl_certificate_key {KEY};
    ssl_protocols TLSv1.2 TLSv1.3;
    add_header Strict-Transport-Security "max-age=31536000" always;
    client_max_body_size {LARGEST_BODY};

    # Read by Prometheus, Alertmanager and whoever looks after this machine, each at 127.0.0.1:9820.
    location ~ ^/(metrics|healthz|readyz|api/alerts|api/health)$ {{ return 404; }}

    location / {{
        proxy_pass http://127.0.0.1:9820;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        # The tracker bounds slow senders and large bodies itself, by address (docs/why/server.md).
        proxy_request_buffering off;
    }}
}}
"""


def first_certificate(host: str, now: datetime | None = None) -> tuple[str, str]:
    """A certificate signed by itself and its key, both PEM."""
    begin = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=FIRST_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.public_bytes(pem).decode(), key.private_bytes(pem, form, lock).decode()
