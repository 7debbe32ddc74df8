"""Boards to an office's existing Grafana, by its HTTP API (grafana-api). The token comes from a file or environment."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace
from requests.exceptions import RequestException

from dashboards.panels import Json
from runtime.secrets import SecretError, read_token


class PublishError(Exception):
    """Something the person at the terminal can mend."""


def token(reference: str) -> str:
    """The secret behind ``env:NAME`` or ``file:/path``. Raises PublishError; the message never holds a secret."""
    try:
        return read_token(reference)
    except SecretError as error:
        raise PublishError(f"token: {error}") from error


def publish(address: str, secret: str, boards: Iterable[Json], folder: str = "") -> tuple[str, ...]:
    """Create or overwrite every board; the uids written. Raises PublishError naming the board that failed.

    ``folder`` is the uid of a folder that exists, empty for General.
    """
    grafana = _grafana(address, secret)
    done: list[str] = []
    for board in boards:
        try:
            body = {"dashboard": {**board, "id": None}, "overwrite": True, "message": "lebarpita"}
            grafana.dashboard.update_dashboard({**body, "folderUid": folder} if folder else body)
        except GrafanaException as error:
            raise PublishError(f"{board['uid']}: {address} refused it: {error.message}") from error
        except RequestException as error:
            raise PublishError(f"{board['uid']}: {address} cannot be reached: {type(error).__name__}") from error
        done.append(board["uid"])
    return tuple(done)


def _grafana(address: str, secret: str) -> GrafanaFace:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PublishError(f"{address}: not an http address; write for example https://grafana.example.go.id")
    prefix = f"{parts.path.strip('/')}/" if parts.path.strip("/") else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return GrafanaFace(secret, host=host, port=parts.port, url_path_prefix=prefix, protocol=parts.scheme, timeout=30.0)
