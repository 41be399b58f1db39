"""HTTP to an engine: one address, no redirect, a deadline and a largest answer for each request.

The only module that imports ``httpx2``.  Nothing that an engine does comes out of here as anything
but an answer, whole, or an error that says in words what the engine did.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import weakref
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx2

from gapgraph.confine import Ending
from gapgraph.errors import BusyError, DeadlineError, EngineError, TooMuchError, UsageError
from gapgraph.iris import is_iri
from gapgraph.settings import Settings
from gapgraph.store.way import Way
from gapgraph.told import told

__all__ = ["Method", "Received", "Wire", "refused_address"]

Method = Literal["GET", "POST", "PUT", "DELETE"]

#: Seconds that connecting may take.
_CONNECTING = 5.0
#: The most connections of a process to an engine.
_CONNECTIONS = 64
#: How much of what an engine says of an error is told.
_LONGEST = 200


@dataclass(frozen=True)
class Received:
    """What an engine answered, whole.

    :param status: the status of HTTP
    :param headers: by their names in lower case
    :param body: all of it
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media(self) -> str:
        """The media type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def said(self) -> str:
        """The start of what it says of an error, in one line; nothing where that is a page."""
        text = " ".join(self.body[:4_000].decode("utf-8", "replace").split())
        if not text or "html" in self.media or text.startswith("<"):
            return f"status {self.status}"
        return f"status {self.status}: {text[:_LONGEST]}"


class _Credentials(httpx2.Auth):
    """A name and a password, given in the way that the engine asks for: Digest, else Basic."""

    def __init__(self, user: str, password: str) -> None:
        self._digest = httpx2.DigestAuth(user, password)
        self._basic = httpx2.BasicAuth(user, password)
        self._known: httpx2.Auth | None = None

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send a request; where it is refused, send it again with what was asked for."""
        if self._known is None:
            response = yield request
            if response.status_code != 401:
                return
            asked = response.headers.get("www-authenticate", "").lower()
            self._known = self._digest if asked.startswith("digest") else self._basic
        yield from self._known.auth_flow(request)


def refused_address(url: str) -> str:
    """Return why a text is no address of an engine, as a clause; nothing where it is one.

    >>> refused_address("http://127.0.0.1:7878/query")
    ''
    >>> refused_address("ftp://127.0.0.1/")
    'is no http or https address'
    """
    parts = urlsplit(url) if is_iri(url) else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return told("is no http or https address")
    if parts.username or parts.password:
        return told(
            "holds credentials, which GAPGRAPH_ENGINE_USER and GAPGRAPH_ENGINE_PASSWORD give"
        )
    if parts.fragment:
        return told("has a fragment")
    return ""


class _Request(NamedTuple):
    """What is sent, and how long and how large its answer may be."""

    method: Method
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    limit: int
    ending: Ending | None

    @property
    def ended(self) -> bool:
        """Whether its ending came."""
        return self.ending is not None and self.ending.come


class Wire:
    """The way to one address of an engine.

    :param url: the address; nothing else is ever asked
    :param user: who asks; nobody where it is empty
    :param password: likewise
    :param seconds: how long a request may take, where it says nothing else
    :param limit: the largest answer, in bytes, likewise
    :raises UsageError: where the address is none
    """

    def __init__(
        self, url: str, *, user: str = "", password: str = "", seconds: float, limit: int
    ) -> None:
        if fault := refused_address(url):
            raise UsageError(
                (
                    told("{url!r} {fault}", url=url[:200], fault=fault)
                    if "credentials" not in fault
                    else told("the address {fault}", fault=fault)
                ),
                todo=told("give an address such as http://127.0.0.1:7878/query"),
            )
        self.url, self.seconds, self.limit = url, seconds, limit
        self._auth = _Credentials(user, password) if user else None
        self._client = self._connected()
        weakref.finalize(self, self._client.close)

    def _connected(self) -> httpx2.Client:
        """Return connections of their own."""
        return httpx2.Client(
            follow_redirects=False,
            trust_env=False,  # no proxy, and no credentials from a file
            auth=self._auth,
            # What is packed may be larger than its bytes say.
            headers={"Accept-Encoding": "identity", "User-Agent": "gapgraph"},
            limits=httpx2.Limits(max_connections=_CONNECTIONS),
        )

    @classmethod
    def of(cls, url: str, settings: Settings, seconds: str) -> Wire:
        """Return the way to an address, with the credentials and limits of the settings.

        :param url: the address
        :param seconds: the name of the setting that says how long a request may take
        :raises UsageError: where the address is none
        """
        return cls(
            url,
            user=settings.text("engine_user"),
            password=settings.text("engine_password"),
            seconds=max(1, settings.number(seconds)),
            limit=settings.number("engine_result_bytes"),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def post(
        self,
        form: Sequence[tuple[str, str]],
        accept: str,
        *,
        seconds: float | None = None,
        limit: int | None = None,
        ending: Ending | None = None,
    ) -> Received:
        """Send a form, and return what is answered.

        :raises GapgraphError: as `send`
        """
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        return self.send("POST", {}, headers, body, seconds=seconds, limit=limit, ending=ending)

    def send(
        self,
        method: Method,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        seconds: float | None = None,
        limit: int | None = None,
        pauses: Sequence[float] = (),
        ending: Ending | None = None,
    ) -> Received:
        """Send a request, and return what is answered.

        :param pauses: how long to wait before each further attempt where the engine fails
        :param ending: what ends it before it is answered, its client's leaving say: the connection
            to the engine is closed then
        :raises BusyError: where the ending came
        :raises EngineError: where nothing, or not all of it, is answered, credentials are refused,
            or the answer is an error of the engine or points elsewhere
        :raises DeadlineError: where it takes too long
        :raises TooMuchError: where the answer is too large
        """
        allowed = self.seconds if seconds is None else seconds
        most = self.limit if limit is None else limit
        request = _Request(method, parameters, headers, body, allowed, most, ending)
        for pause in pauses:
            try:
                answer = self._answered(request)
            except (EngineError, DeadlineError):
                time.sleep(pause)
                continue
            if answer.status < 500 and answer.status != 429:
                return self._checked(answer)
            time.sleep(pause)
        return self._checked(self._answered(request))

    def _answered(self, request: _Request) -> Received:
        """Send a request, and return whatever is answered.

        A connection that the engine had closed meanwhile is opened again, once.

        :raises GapgraphError: as `send`
        """
        until = time.monotonic() + request.seconds
        try:
            try:
                return self._once(request, until)
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                if request.ended:
                    raise
                return self._once(request, until)
        except (httpx2.ConnectTimeout, httpx2.ConnectError) as error:
            raise EngineError(
                told("the engine at {url} cannot be reached: start it", url=self.url)
            ) from error
        except (httpx2.TimeoutException, _Stopped) as error:
            raise self._late(request.seconds) from error
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            if request.ended:
                raise BusyError(
                    told("the query was ended before it was done: send it again"), retry_after=10
                ) from error
            reason = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
            raise EngineError(
                told(
                    "the engine at {url} broke off its answer ({reason}): ask again",
                    url=self.url,
                    reason=reason,
                )
            ) from error

    def _once(self, request: _Request, until: float) -> Received:
        """Send a request once.

        :param until: when its time is over, by the monotonic clock
        """
        if request.ending is None:
            return self._over(self._client, {}, request, until)
        # Over a connection of its own: what closes it ends nothing else.
        way = Way()
        with self._connected() as client, request.ending.over(way):
            return self._over(client, {"trace": way.connected}, request, until)

    def _over(
        self, client: httpx2.Client, extensions: dict[str, Any], request: _Request, until: float
    ) -> Received:
        """Send a request over connections."""
        left = max(0.001, until - time.monotonic())
        built = client.build_request(
            request.method,
            httpx2.URL(self.url).copy_merge_params(request.parameters),
            headers=request.headers,
            content=request.body or None,
            timeout=httpx2.Timeout(left, connect=min(left, _CONNECTING)),
            extensions=extensions,
        )
        response = client.send(built, stream=True)
        received = bytearray()
        with contextlib.closing(response), _stopping(response, until) as stopped:
            try:
                for chunk in response.iter_raw():
                    received += chunk
                    if len(received) > request.limit:
                        raise TooMuchError(
                            told(
                                "the engine's answer is larger than {limit} bytes",
                                limit=request.limit,
                            ),
                            todo=told("ask for less, with LIMIT or narrower patterns"),
                        )
            except httpx2.TransportError:
                if stopped.is_set():
                    raise _Stopped from None
                raise
            if stopped.is_set():
                raise _Stopped
        return Received(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            bytes(received),
        )

    def _checked(self, answer: Received) -> Received:
        """Return what is an answer, or says that the request was wrong.

        :raises EngineError: for others
        :raises DeadlineError: where the engine says that its own time was over
        """
        if answer.status in {408, 504}:
            raise DeadlineError(
                told(
                    "the engine at {url} gave up ({said}): ask for less",
                    url=self.url,
                    said=answer.said,
                )
            )
        if answer.status in {401, 403}:
            raise EngineError(
                told(
                    "the engine at {url} refuses whoever asks (status {status}): set "
                    "GAPGRAPH_ENGINE_USER and GAPGRAPH_ENGINE_PASSWORD",
                    url=self.url,
                    status=answer.status,
                )
            )
        if 300 <= answer.status < 400:
            raise EngineError(
                told(
                    "the engine at {url} points elsewhere (status {status}), and no redirect "
                    "is followed: give the address that it points to",
                    url=self.url,
                    status=answer.status,
                )
            )
        if answer.status >= 500:
            raise EngineError(
                told("the engine at {url} failed ({said})", url=self.url, said=answer.said)
            )
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise EngineError(told("the engine at {url} packs its answer, unasked", url=self.url))
        return answer

    def _late(self, allowed: float) -> DeadlineError:
        return DeadlineError(
            told(
                "the engine at {url} did not answer within {allowed:.3g} seconds: ask for "
                "less, or ask again",
                url=self.url,
                allowed=allowed,
            )
        )


class _Stopped(Exception):
    """The time was over while an answer came."""


@contextlib.contextmanager
def _stopping(response: httpx2.Response, until: float) -> Generator[threading.Event]:
    """Close the way of an answer when its time is over: each of its pieces may come in time."""
    stopped = threading.Event()
    stream = response.extensions.get("network_stream")
    way = stream.get_extra_info("socket") if stream is not None else None

    def stop() -> None:
        stopped.set()
        if way is not None:
            with contextlib.suppress(OSError):
                way.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), stop)
    timer.daemon = True
    timer.start()
    try:
        yield stopped
    finally:
        timer.cancel()
