"""The security headers of every answer: an application in, hooks on it out. No page may be framed, scripted or kept."""

from flask import Flask, Response, request

# No script at all: the pages have none, so whatever an upload or a name smuggles in is not run (CSP Level 3).
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
# A year in seconds: what browsers' preload lists ask for at least.
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


def send_headers(app: Flask, https: bool) -> None:
    """Put the headers on every answer; what a view has set itself stays."""
    headers = _HEADERS | _HTTPS_ONLY if https else _HEADERS

    @app.after_request
    def _secure(response: Response) -> Response:
        for header, value in headers.items():
            response.headers.setdefault(header, value)
        if not request.path.startswith("/static/"):
            # Pages hold personal data, and offices share computers: "back" after logging out must show nothing.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
