"""Papers as downloads: content, kind and name in, an answer out that a browser keeps and never opens in our place.

The name is the paper's own, in any script (RFC 6266, RFC 8187: Flask writes both forms). Should a browser show it all
the same, the sandbox gives it an origin of its own: no script, no form, no cookie of ours.
"""

from io import BytesIO
from pathlib import Path

from flask import Response, send_file

TABLE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def as_download(content: bytes | Path, mime: str, name: str) -> Response:
    """The answer; every other header is what all pages have (``headers``: nosniff, no referrer)."""
    source = BytesIO(content) if isinstance(content, bytes) else content
    answer = send_file(source, mimetype=mime, as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer
