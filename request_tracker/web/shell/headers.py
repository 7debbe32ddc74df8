"""The security headers of every answer: an application in, hooks on it out.

No page may be framed or kept; none runs a script but where its view allows ours (``allow_script``,
``allow_renewal``) or where a file can be chosen, whose photographs are made small (``uploads``).
"""

from flask import Flask, Response, g, request
from werkzeug.wrappers import Response as AnyResponse

# No script at all: the pages have none, so whatever an upload or a name smuggles in is not run (CSP Level 3).
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_WITH_SCRIPT = f"{_POLICY}; script-src 'self'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A year in seconds: what browsers' preload lists ask for at least.
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


def allow_script(answer: AnyResponse) -> None:
    """Let a page run the script files of our own (security keys need one); nothing inline, nothing of others."""
    answer.headers["Content-Security-Policy"] = _WITH_SCRIPT


def allow_renewal(answer: AnyResponse) -> None:
    """Let a page run our script files and ask this tracker for itself again, nobody else."""
    answer.headers["Content-Security-Policy"] = f"{_POLICY}; script-src 'self'; connect-src 'self'"


def send_headers(app: Flask, https: bool) -> None:
    """Put the headers on every answer; what a view has set itself stays."""
    headers = _HEADERS | _HTTPS_ONLY if https else _HEADERS

    @app.after_request
    def _secure(response: Response) -> Response:
        if g.get("shrinks_pictures"):
            response.headers.setdefault("Content-Security-Policy", _WITH_SCRIPT)
        for header, value in headers.items():
            response.headers.setdefault(header, value)
        if not request.path.startswith("/static/"):
            # Pages hold personal data, and offices share computers: "back" after logging out must show nothing.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
