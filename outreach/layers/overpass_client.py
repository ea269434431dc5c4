"""Ask public map servers through osmnx: politely, within bounds, and only keep good answers."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from outreach.errors import ConfigError, DownloadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import requests

    from outreach.progress import Progress

logger = logging.getLogger(__name__)

T = TypeVar("T")

_BUSY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class OverpassParams:
    """
    Which servers are asked, and how patiently.

    Parameters
    ----------
    overpass_url, nominatim_url
        The servers that give roads, and the outline of a place.
    timeout_s
        How long one answer may take to begin, and to go on.
    n_tries
        How often one server is asked before giving up.
    first_wait_s, longest_wait_s
        The wait before the second try, which doubles with every further one, and its bound. A
        server that asks for a longer wait is left alone.
    cache_dir
        Where good answers are kept, to be used again until that folder is deleted; None: they
        are kept only until the download is complete.

    Raises
    ------
    ConfigError
        Naming every figure and address that cannot be.
    """

    overpass_url: str = "https://overpass-api.de/api"
    nominatim_url: str = "https://nominatim.openstreetmap.org"
    timeout_s: float = 180.0
    n_tries: int = 5
    first_wait_s: float = 10.0
    longest_wait_s: float = 120.0
    cache_dir: Path | None = None

    def __post_init__(self) -> None:
        problems = [
            f"{name} is '{url}', not an address such as https://server.example/api"
            for name, url in (
                ("overpass_url", self.overpass_url),
                ("nominatim_url", self.nominatim_url),
            )
            if not _is_address(url)
        ]
        problems += [
            f"{name} is {figure!r}, but must be a number above 0"
            for name, figure in (
                ("timeout_s", self.timeout_s),
                ("n_tries", self.n_tries),
                ("first_wait_s", self.first_wait_s),
                ("longest_wait_s", self.longest_wait_s),
            )
            if isinstance(figure, bool) or not isinstance(figure, (int, float)) or not figure > 0
        ]
        if isinstance(self.n_tries, float):
            problems.append(f"n_tries is {self.n_tries}, but must be a whole number")
        if problems:
            raise ConfigError("%(problems)s", problems="; ".join(problems))


class RefusedError(Exception):
    """A server did not give what was asked of it."""

    def __init__(
        self, reason: str, *, is_lasting: bool = False, wait_s: float | None = None
    ) -> None:
        super().__init__(reason)
        self.is_lasting = is_lasting
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Asks servers through osmnx until they answer well, within bounds."""

    params: OverpassParams
    folder: Path
    progress: Progress
    sleep: Callable[[float], None]

    def ask(
        self, url: str, judge: Callable[[requests.Response], None], fetch: Callable[[], T]
    ) -> T:
        """Call `fetch`, again if need be, until `judge` lets all its answers pass."""
        import requests

        backoff_s = self.params.first_wait_s
        for n_tried in range(1, self.params.n_tries + 1):
            try:
                with _osmnx_settings(self.params, self.folder, self._hook(judge)):
                    return fetch()
            except RefusedError as error:
                refusal = error
            except requests.RequestException as error:
                refusal = _connection_refusal(error, self.params.timeout_s)
            except OSError as error:
                raise DownloadError(
                    "the answers of %(server)s cannot be kept in %(folder)s (%(reason)s); make room"
                    " or choose another folder for the cache",
                    server=url,
                    folder=str(self.folder),
                    reason=error.strerror or str(error),
                ) from error
            wait_s = max(min(backoff_s, self.params.longest_wait_s), refusal.wait_s or 0.0)
            is_last = n_tried == self.params.n_tries
            if refusal.is_lasting or is_last or wait_s > self.params.longest_wait_s:
                break
            logger.info("%s: %s; asking again in %.0f s", url, refusal, wait_s)
            self.sleep(wait_s)
            backoff_s *= 2
        raise DownloadError(
            "the roads could not be downloaded: %(server)s %(reason)s (asked %(n_tries)d times)."
            " Run it again after some minutes; or ask for a smaller area; or download an"
            " OpenStreetMap extract (.osm.pbf) of the region in a browser and give that file",
            server=url,
            reason=str(refusal),
            n_tries=n_tried,
        ) from refusal

    def _hook(self, judge: Callable[[requests.Response], None]) -> Callable[..., None]:
        n_answers = 0

        def hook(response: requests.Response, *_: object, **__: object) -> None:
            nonlocal n_answers
            if response.is_redirect:
                return
            try:
                judge(response)
            except BaseException:
                response.close()
                raise
            n_answers += 1
            self.progress("download roads", n_answers, None)

        return hook


def json_of(response: requests.Response) -> Any:
    """Read an answer as JSON, or say why it cannot be used."""
    status = f"{response.status_code} {response.reason}".strip()
    if response.status_code in _BUSY:
        wait_s = _retry_after_s(response)
        asks = f" and asks for a wait of {wait_s:.0f} s" if wait_s else ""
        raise RefusedError(f"is too busy ({status}){asks}", wait_s=wait_s)
    if not response.ok:
        raise RefusedError(f"refuses ({status})", is_lasting=True)
    try:
        return response.json()
    except ValueError as error:
        if response.content.lstrip().startswith(b"<"):
            raise RefusedError("answered with a web page instead of data") from error
        raise RefusedError("gave an answer that was cut off") from error


def _retry_after_s(response: requests.Response) -> float | None:
    """Read ``Retry-After``: seconds, or a date (RFC 9110, 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, until.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _connection_refusal(error: requests.RequestException, timeout_s: float) -> RefusedError:
    """Say in words what went wrong between the server and us."""
    import requests
    from urllib3.exceptions import ReadTimeoutError

    cause = error.args[0] if error.args else None
    if isinstance(error, requests.Timeout) or isinstance(cause, ReadTimeoutError):
        return RefusedError(f"did not answer within {timeout_s:g} s")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return RefusedError("gave an answer that was cut off")
    if isinstance(error, requests.ConnectionError):
        return RefusedError("cannot be reached; is there a connection to the internet?")
    return RefusedError(f"cannot be asked ({error})", is_lasting=True)


@contextlib.contextmanager
def _osmnx_settings(
    params: OverpassParams, folder: Path, hook: Callable[..., None]
) -> Iterator[None]:
    """Make osmnx ask in our way, and afterwards forget it."""
    from osmnx import settings

    from outreach.layers.osm_extract import TAG_KEYS

    # The server gives up a little earlier than we do, so that it can say why.
    server_timeout_s = max(1, int(params.timeout_s * 0.9))
    agent = f"outreach/{version('outreach')}"
    ours: dict[str, Any] = {
        "overpass_url": params.overpass_url,
        "nominatim_url": params.nominatim_url,
        "overpass_settings": f"[out:json][timeout:{server_timeout_s}]{{maxsize}}",
        "requests_timeout": params.timeout_s,
        # The hook raises before osmnx sees a failure, since osmnx would try again without end.
        "requests_kwargs": {**settings.requests_kwargs, "hooks": {"response": hook}},
        # The pauses are ours as well; osmnx might wait without end for a free slot.
        "overpass_rate_limit": False,
        # A name that cannot be resolved is not asked of a third party.
        "doh_url_template": None,
        "http_user_agent": agent,
        "http_referer": agent,
        "use_cache": True,
        "cache_only_mode": False,
        "cache_folder": folder,
        "useful_tags_way": list(TAG_KEYS),
        "all_oneway": False,
    }
    before = {name: getattr(settings, name) for name in ours}
    # osmnx replaces this function to keep to one of several servers.
    resolve = socket.getaddrinfo
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = resolve


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
