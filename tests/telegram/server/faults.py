"""Faults between the bot and Telegram, planned by a test and counted when they strike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import refusals
from .refusals import Refusal


@dataclass(frozen=True)
class Answer:
    """Nothing happens but this refusal: 429, 500, 502, ..."""

    refusal: Callable[[], Refusal]


@dataclass(frozen=True)
class LostBefore:
    """The connection drops and nothing happened."""


@dataclass(frozen=True)
class LostAfter:
    """It happened, then the connection drops: the message is there and the bot cannot know."""


@dataclass(frozen=True)
class SlowAfter:
    """It happened, and the answer comes `seconds` late."""

    seconds: float


@dataclass(frozen=True)
class Garbled:
    """It happened, and a proxy answers something that is no JSON."""


Fault = Answer | LostBefore | LostAfter | SlowAfter | Garbled


def server_error(code: int = 502) -> Answer:
    """5xx: a gateway's own words, as telegram.org shows them (https://core.telegram.org/api/errors#500-internal)."""
    words = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    return Answer(lambda: Refusal(code, words[code]))


def flood(seconds: int) -> Answer:
    """429 with `retry_after`."""
    return Answer(lambda: refusals.too_many_requests(seconds))


@dataclass
class _Plan:
    fault: Fault
    method: str | None
    chat_id: int | None
    skip: int
    every: int
    times: int

    def strikes(self, method: str, chat_id: object) -> bool:
        if self.times == 0 or self.method not in (None, method) or self.chat_id not in (None, chat_id):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.skip = self.every - 1
        self.times -= 1
        return True


@dataclass
class Faults:
    """What will go wrong. `hits` counts strikes by kind of fault, so that a chaos test can demand a floor."""

    plans: list[_Plan] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)

    def plan(
        self,
        fault: Fault,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        after: int = 0,
        every: int = 1,
        times: int = 1,
    ) -> None:
        """Let `fault` strike `times` calls: of one method or any, in one chat or any, skipping `after` calls first and
        then striking every `every`-th. getUpdates is only struck when it is named.
        """
        self.plans.append(_Plan(fault, method, chat_id, after, every, times))

    def strike(self, method: str, params: dict[str, Any]) -> Fault | None:
        """The fault that strikes this call, if one does."""
        for plan in self.plans:
            if plan.method is None and method == "getUpdates":
                continue
            if plan.strikes(method, params.get("chat_id")):
                self.hits[type(plan.fault).__name__] += 1
                return plan.fault
        return None
