"""Carries python-telegram-bot's calls to the Bot API over aiohttp, and says what a failed call may have done.

The library's own client rescans its whole pool on every request and slows down as presses overlap; this one does not
(`tests/benchmarks/telegram_transport.py` measures both). Telegram has no idempotency key for a send
(tdlib/telegram-bot-api #126, #482), so after a failure one question decides: did the request leave? Every error this
module raises carries the answer as its cause, `NotSent` or `Unanswered`.

aiohttp writes the full address, which holds the bot's token, into its exceptions. They are therefore not chained:
causes are our own, made outside the `except` block, and name only the class and the errno.
"""

from __future__ import annotations

import os
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

# Read by the library at each use: durations such as `RetryAfter.retry_after` are timedeltas, and no warning is given.
os.environ.setdefault("PTB_TIMEDELTA", "true")

REFUSALS = (BadRequest, ChatMigrated, Conflict, EndPointNotFound, Forbidden, InvalidToken, RetryAfter)
"""What Telegram raises when it answered that it did nothing. `BadRequest` is a `NetworkError`: test for it first."""


UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class NotSent(Exception):
    """The request never left this machine, so Telegram cannot have acted on it: sending again is safe."""


class Unanswered(Exception):
    """The request left and no whole answer came back: Telegram may have acted on it."""


def was_not_sent(error: TelegramError) -> bool:
    """Whether the call certainly never reached Telegram."""
    return isinstance(error.__cause__, NotSent)


def delivery_unknown(error: TelegramError) -> bool:
    """Whether Telegram may have done what was asked although the call failed: a send must not be repeated blindly.

    False after a refusal and after a call that never left. True for every other failure, also for an answer of
    500 or above, because a gateway gives those for requests it has already passed on.
    """
    return not isinstance(error, REFUSALS) and not was_not_sent(error)


class AiohttpRequest(BaseRequest):
    """A `telegram.request.BaseRequest` over one aiohttp session with at most `pool_size` connections.

    Timeouts are seconds, `None` waits for ever; each may be overridden per call. aiohttp has no limit on writing alone,
    so a call that uploads gets `media_write_timeout` on top of its read timeout, and the whole call ends after the sum.
    Proxies from the environment are not used, and redirects are not followed: a followed POST would be sent twice.
    """

    __slots__ = ("_defaults", "_media_write_timeout", "_pool_size", "_session")

    def __init__(
        self,
        *,
        pool_size: int = 256,
        connect_timeout: float | None = 5.0,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
    ) -> None:
        self._pool_size = pool_size
        self._defaults = (connect_timeout, read_timeout, write_timeout, pool_timeout)
        self._media_write_timeout = media_write_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds; `Bot.get_updates` adds its long-polling timeout to this."""
        return self._defaults[1]

    async def initialize(self) -> None:
        """Open the session in the running loop; calling it again does nothing."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool_size, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection; calling it again does nothing."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One HTTP exchange: the status code and the body.

        Raises `TimedOut` or `NetworkError`, each caused by `NotSent` or `Unanswered`.
        """
        if self._session is None or self._session.closed:
            raise RuntimeError("This AiohttpRequest is not initialized, or already shut down.")
        timeout = _timeout(
            _chosen(connect_timeout, self._defaults[0]),
            _chosen(read_timeout, self._defaults[1]),
            _chosen(write_timeout, self._write_default(request_data)),
            _chosen(pool_timeout, self._defaults[3]),
            uploads=_uploads(request_data),
        )
        data, headers = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = _failure(error)
        raise failure

    def _write_default(self, request_data: RequestData | None) -> float | None:
        return self._media_write_timeout if _uploads(request_data) else self._defaults[2]


def _chosen(given: ODVInput[float], default: float | None) -> float | None:
    return default if given is BaseRequest.DEFAULT_NONE else cast("float | None", given)


def _uploads(request_data: RequestData | None) -> bool:
    return request_data is not None and request_data.contains_files


@lru_cache(maxsize=64)
def _timeout(
    connect: float | None, read: float | None, write: float | None, pool: float | None, *, uploads: bool
) -> aiohttp.ClientTimeout:
    """aiohttp's `connect` includes the wait for a free connection; its read clock runs while the body is written."""
    return aiohttp.ClientTimeout(
        total=_sum(pool, connect, write, read),
        connect=_sum(pool, connect),
        sock_connect=connect,
        sock_read=_sum(write, read) if uploads else read,
    )


def _sum(*seconds: float | None) -> float | None:
    return None if None in seconds else sum(cast("tuple[float, ...]", seconds))


def _body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """JSON for an ordinary call, multipart when files go along (https://core.telegram.org/bots/api#making-requests)."""
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return request_data.json_payload, {"Content-Type": "application/json"}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, content_type) in request_data.multipart_data.items():
        # aiohttp writes a buffer in pieces, but more than 1 MiB of bare bytes at once, which holds up the loop.
        stream = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, cast("Any", stream), filename=filename, content_type=content_type)
    return form, {}


def _failure(error: aiohttp.ClientError | TimeoutError | OSError) -> NetworkError:
    """The Telegram error for one of aiohttp's, with its cause set and nothing of the address in either.

    `ClientConnectorError` covers refused connections, names that do not resolve and failed TLS;
    `ConnectionTimeoutError` a slow connect and a full pool. All others can happen after the request was written,
    although most of them share the base class `ClientConnectionError` with these two.
    """
    label = type(error).__name__
    number = getattr(error, "errno", None)
    detail = f"{label} (errno {number})" if isinstance(number, int) else label
    unsent = isinstance(error, UNSENT)
    told = f"Request was not sent: {detail}" if unsent else f"No answer, the request may have been delivered: {detail}"
    failure = TimedOut(told) if isinstance(error, TimeoutError) else NetworkError(told)
    failure.__cause__ = NotSent(detail) if unsent else Unanswered(detail)
    return failure
