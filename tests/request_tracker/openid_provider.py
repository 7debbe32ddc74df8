"""A small OpenID Connect provider on loopback: discovery, keys, log-in and token, and the lies a test asks it for.

It vouches at once for whom ``person`` names; it checks the client's secret and the PKCE proof as a real one does.
"""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

CLIENT, SECRET = "tracker", "rahasia-penyedia"


@dataclass
class Provider:
    """What the provider says; a test changes it before somebody logs in."""

    person: str = "budi"
    claims: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    signs_with: ECKey | None = None
    declines: bool = False
    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Flask:
        """The provider's pages."""
        app = Flask("provider")
        app.get("/.well-known/openid-configuration")(self._discovery)
        app.get("/keys")(lambda: {"keys": [self.key.as_dict(private=False)]})
        app.get("/authorize")(self._authorize)
        app.post("/token")(self._token)
        return app

    def _discovery(self) -> dict[str, Any]:
        ends = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in _ENDS.items()}
        told = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **ends}
        return {**told, "id_token_signing_alg_values_supported": ["ES256"], **self.discovery}

    def _authorize(self) -> Response:
        asked = request.args.to_dict()
        if self.declines:
            return redirect(f"{asked['redirect_uri']}?error=access_denied&state={asked['state']}")
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    def _token(self) -> Any:
        asked = self.asked.pop(request.form["code"], None)
        proof = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        known = request.authorization and (request.authorization.username, request.authorization.password)
        if asked is None or challenge != asked["code_challenge"] or known != (CLIENT, SECRET):
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        claims = {**claims, "preferred_username": self.person, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode({"alg": "ES256", "kid": "one"}, claims, self.signs_with or self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


_ENDS = {"authorization": "authorize", "token": "token"}


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """Serve the provider on a free port of loopback."""
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
