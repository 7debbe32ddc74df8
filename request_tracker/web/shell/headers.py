"""The security headers of every answer: an application in, hooks on it out. No page may be framed, scripted or kept."""

from flask import Flask, Response, request

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
"""A year in seconds: what browsers' preload lists ask for at least."""


def send_headers(app: Flask, https: bool) -> None:
    """Put the headers on every answer; what a view has set itself stays."""
    headers = _HEADERS | _HTTPS_ONLY if https else _HEADERS

    @app.after_request
    def _secure(response: Response) -> Response:
        for header, value in headers.items():
            response.headers.setdefault(header, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
