"""How often a group may be written to. Pure; instants are Unix seconds.

About twenty messages a minute are allowed in a group (https://core.telegram.org/bots/faq), and only a 429 says exactly;
edits are counted here as well. What can wait leaves room for what cannot: names for answers to commands, and both for
the next question and the close of one.
"""

from __future__ import annotations

from collections import deque

A_MINUTE = 20
MINUTE = 60.0  # seconds
CAN_WAIT = 9  # left free by the names on an open question
BESIDE = 6  # left free by answers to commands: somebody waits for those
GROUPS = 5_000  # remembered


class Pace:
    """Every group's last minute, and until when Telegram asked for silence."""

    def __init__(self) -> None:
        self._calls: dict[int, deque[float]] = {}
        self._quiet: dict[int, float] = {}

    def take(self, chat: int, now: float, *, leaving: int = 0) -> bool:
        """Count one call; False where it has to wait. `leaving` calls of this minute stay free for others."""
        if now < self._quiet.get(chat, 0.0):
            return False
        calls = self._calls.setdefault(chat, deque())
        while calls and not now - MINUTE < calls[0] <= now:  # a clock set back frees what lies ahead
            calls.popleft()
        if len(calls) >= A_MINUTE - leaving:
            return False
        calls.append(now)
        self._forget()
        return True

    def silence(self, chat: int, until: float) -> None:
        """Telegram answered 429."""
        self._quiet[chat] = until

    def _forget(self) -> None:
        while len(self._calls) > GROUPS:
            oldest = next(iter(self._calls))
            del self._calls[oldest]
            self._quiet.pop(oldest, None)
