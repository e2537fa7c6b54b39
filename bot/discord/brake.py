"""Stops asking Discord for anything before Discord bans the machine for asking wrongly too often.

10,000 answers of 401, 403 or 429 within ten minutes lead to a ban of the address; a 429 whose limit is shared with
others does not count (https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
Every request of the library passes here, its own repetitions included.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp
import structlog

LIMIT = 9_000  # of the 10,000
WINDOW = 600.0  # seconds
COUNTED = (401, 403, 429)
API = "/api/"  # the gateway goes on

_log = structlog.get_logger(__name__)


class Braked(aiohttp.ClientError):
    """Too many refusals lately: nothing is sent until they are ten minutes old."""


class Brake:
    """Counts refusals and holds requests back. `clock` gives seconds."""

    def __init__(self, *, limit: int = LIMIT, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._refusals: deque[float] = deque()

    @property
    def is_on(self) -> bool:
        """Whether nothing may be sent now."""
        while self._refusals and self._clock() - self._refusals[0] >= WINDOW:
            self._refusals.popleft()
        return len(self._refusals) >= self._limit

    def count(self, status: int, scope: str = "") -> None:
        """Take note of an answer; `scope` is its X-RateLimit-Scope."""
        if status not in COUNTED or scope == "shared":
            return
        self._refusals.append(self._clock())
        if self.is_on:
            _log.error("discord.braked", refusals=len(self._refusals), seconds=WINDOW)

    def trace(self) -> aiohttp.TraceConfig:
        """What the library's HTTP client has to be given to obey."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._starting)
        config.on_request_end.append(self._ended)
        return config

    async def _starting(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, asked: aiohttp.TraceRequestStartParams
    ) -> None:
        if asked.url.path.startswith(API) and self.is_on:
            raise Braked

    async def _ended(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, asked: aiohttp.TraceRequestEndParams
    ) -> None:
        self.count(asked.response.status, asked.response.headers.get("X-RateLimit-Scope", ""))
