"""Logging in through the government's own identity provider (OpenID Connect): its answer in, a session of ours out.

Accounts and roles stay ours: whom the provider vouches for must have an account whose login is the claim's value, and
who has a second factor here, or must have one, shows it here too. The protocol (state, nonce, PKCE, keys, signatures)
is Authlib's. No token of the provider is kept.
"""

import logging
from typing import Any

import requests
from flask import current_app, render_template, request, session
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from request_tracker.config import OpenIdConnect, secret
from request_tracker.errors import Refused, TrackerError
from request_tracker.people.accounts import MAX_TYPED_LOGIN, standing
from request_tracker.web.accounts.entering import after_password
from request_tracker.web.accounts.password_forms import LOGIN
from request_tracker.web.shell.access import inside
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import office
from request_tracker.web.shell.declared_forms import shown
from request_tracker.web.shell.pages import Conduct, PageGroup, PageLimit

try:
    from authlib.integrations.flask_client import OAuth, OAuthError
    from joserfc.errors import ClaimError, JoseError
except ImportError:
    OAuth = None

# A provider that is slower counts as away: the person waits, and so does one of the few workers.
PROVIDER_TIMEOUT_SECONDS = 5
NAME = "provider"
_WANTED = "wanted_page"
# The session is a cookie, and a browser need not keep more than 4,096 bytes of one (RFC 6265, 6.1).
_LONGEST_WANTED = 500
# What a provider that is away, or answers with something else than its protocol, makes Authlib raise.
_AWAY = (requests.RequestException, RuntimeError, ValueError, TypeError, AttributeError, KeyError)
_LOG = logging.getLogger(__name__)

pages = PageGroup(
    "single_sign_on",
    __name__,
    Conduct(limits=(PageLimit("30/minute"),), once=False, served=lambda config: config.oidc is not None),
)


@pages.record
def _meet_provider(state: BlueprintSetupState) -> None:
    """Give the application a client of the provider, which asks it nothing yet."""
    if OAuth is None:
        raise TrackerError("oidc: Authlib is not installed; run pip install 'lebarpita[oidc]' or take oidc: out")
    app, config = state.app, state.app.extensions["office"].config
    settings, oauth = config.oidc, OAuth(app)
    oauth.register(
        NAME,
        client_id=settings.client_id,
        client_secret=secret(settings.client_secret),
        server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            # PKCE (RFC 7636): a code that is seen on its way is of no use without the verifier.
            "code_challenge_method": "S256",
            "default_timeout": PROVIDER_TIMEOUT_SECONDS,
        },
    )
    app.extensions[NAME] = oauth.create_client(NAME)
    app.config["PROVIDER_CALLBACK"] = f"{config.public_url.rstrip('/')}/masuk/oidc/kembali"


@pages.get("/masuk/oidc")
@seen_by(Audience.EVERYBODY, "logging in at the government's own provider, where oidc is configured")
def leave() -> Response:
    """Send the browser to the provider; the page wanted before is kept for the way back."""
    session[_WANTED] = request.args.get("next", "")[:_LONGEST_WANTED]
    try:
        _check_issuer()
        answer: Response = _client().authorize_redirect(current_app.config["PROVIDER_CALLBACK"])
    except _AWAY as error:
        raise Refused("provider_away") from error
    return answer


@pages.get("/masuk/oidc/kembali")
@seen_by(Audience.LINK, "the way back from that provider", "the provider's answer")
def come_back() -> Response:
    """Check what the provider says, find the account, begin a session."""
    login = _vouched_for(_settings())
    store = office().desk.store
    account = standing(store, login)
    if account is None:
        raise Refused("provider_unknown", login=login)
    user, active = account
    if not active:
        raise Refused("provider_disabled", login=login)
    wanted = inside(session.get(_WANTED))
    # As after a password: what the provider asked for is not known here, and may be a password alone.
    return after_password(user, wanted)


@pages.errorhandler(Refused)
def refused(error: Refused) -> tuple[str, int]:
    """Every failure is told on the log-in page, where the password still works; the log has its reason."""
    _LOG.warning("event=single_sign_on_refused reason=%s cause=%r", error.code, error.__cause__)
    return render_template("login.html", form=shown(LOGIN, error)), 503 if error.code == "provider_away" else 401


def _vouched_for(settings: OpenIdConnect) -> str:
    """The login the provider vouches for. Raises Refused with the sentence for what is wrong with its answer."""
    # Authlib checks the signature; whose answer it is and for whom are ours to demand (OpenID Connect Core, 3.1.3.7).
    expected = {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
    }
    try:
        _check_issuer()
        token = _client().authorize_access_token(claims_options=expected)
    except OAuthError as error:
        raise Refused("provider_stale" if error.error == "mismatching_state" else "provider_declined") from error
    except ClaimError as error:
        raise Refused(_CLAIM_REFUSALS.get(str(error.claim), "provider_invalid")) from error
    except JoseError as error:
        raise Refused("provider_invalid") from error
    except _AWAY as error:
        raise Refused("provider_away") from error
    login = (token.get("userinfo") or {}).get(settings.claim)
    if not isinstance(login, str) or not login:
        raise Refused("provider_invalid")
    return login[:MAX_TYPED_LOGIN]


_CLAIM_REFUSALS = {"nonce": "provider_stale", "iss": "provider_other", "aud": "provider_other"}


def _check_issuer() -> None:
    """The provider's own document must name the issuer that was configured (OpenID Connect Discovery 4.3)."""
    issuer = _client().load_server_metadata().get("issuer")
    if issuer != _settings().issuer:
        raise Refused("provider_other") from TrackerError(f"oidc.issuer: the provider calls itself {issuer!r}")


def _settings() -> OpenIdConnect:
    settings = office().config.oidc
    assert settings is not None, "these pages are attached only where oidc is configured"
    return settings


def _client() -> Any:
    return current_app.extensions[NAME]
