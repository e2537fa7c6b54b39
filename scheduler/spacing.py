"""Keeps cards that are easily confused apart in a plan, changing its order as little as it can. Pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from msgspec import Struct

APART = 5  # places from one related card to the next: at least four others stand between them

Keys = tuple[str, ...]
Urgency = Callable[[Keys, Counter[str]], int]  # of cards with these keys, given the cards left by key; low first


def keep_apart(cards: Sequence[str], related: Mapping[str, Keys]) -> tuple[str, ...]:
    """The same cards, those that share a key in `related` at least `APART` places from each other if possible.

    Deferring cards in order is tried first. Where that strands related cards at the end, the keys with most
    cards left go first, which succeeds whenever success is possible with one key a card. Where nothing
    succeeds, the attempt with fewer crowded cards wins, and a crowded card comes when its key has rested longest.
    """
    in_order = _arrange(cards, related, _no_hurry)
    if in_order.crowded == 0:
        return in_order.cards
    most_left_first = _arrange(cards, related, _most_left)
    return min(in_order, most_left_first, key=lambda arrangement: arrangement.crowded).cards


class _Arrangement(NamedTuple):
    cards: tuple[str, ...]
    crowded: int  # how many cards stand too near a related one


def _no_hurry(keys: Keys, left: Counter[str]) -> int:
    return 0


def _most_left(keys: Keys, left: Counter[str]) -> int:
    return -max((left[key] for key in keys), default=1)


def _arrange(cards: Sequence[str], related: Mapping[str, Keys], urgency: Urgency) -> _Arrangement:
    table = _Table(cards, related, urgency)
    arranged: list[str] = []
    crowded = 0
    for place in range(len(cards)):
        line = table.rested(place)
        if line is None:
            line = table.nearly_rested()
            crowded += 1
        arranged.append(table.take(line, place))
    return _Arrangement(tuple(arranged), crowded)


class _Line(Struct):
    """Cards with the same keys, in order, each with its rank in the original order."""

    keys: Keys
    waiting: deque[tuple[int, str]]


# Urgency, rank of the first card, line: ranks are unique, so two lines are never compared.
_Entry = tuple[int, int, _Line]


class _Table:
    """Lines of cards: ready to be looked at, or parked behind the one of their keys that rests longest.

    A key that has rested lets one line out at a time, so a key shared by every card costs no more than none.
    """

    def __init__(self, cards: Sequence[str], related: Mapping[str, Keys], urgency: Urgency) -> None:
        lines: dict[Keys, _Line] = {}
        for rank, card in enumerate(cards):
            keys = tuple(sorted(set(related.get(card, ()))))
            lines.setdefault(keys, _Line(keys, deque())).waiting.append((rank, card))
        self._left = Counter(key for line in lines.values() for key in line.keys for _ in line.waiting)
        self._urgency = urgency
        self._free_from: dict[str, int] = {}  # the place from which a key may be taken again
        self._resting: list[tuple[int, str]] = []  # (place, key); outdated where _free_from is later
        self._parked: dict[str, list[_Entry]] = {}  # by key, never an empty list
        self._ready = [self._entry(line) for line in lines.values()]
        heapify(self._ready)

    def rested(self, place: int) -> _Line | None:
        """The most urgent line that may be taken at this place."""
        while self._resting and self._resting[0][0] <= place:
            self._wake(heappop(self._resting)[1], place)
        while self._ready:
            line = heappop(self._ready)[-1]
            key = self._longest_resting(line)
            if key is None or self._free_from[key] <= place:
                return line
            self._park(line, key)
            for key in line.keys:
                self._wake(key, place)
        return None

    def nearly_rested(self) -> _Line:
        """The line whose rest ends soonest, when none is ready."""
        soonest = min(self._parked, key=lambda key: (self._free_from[key], self._parked[key][0]))
        return self._unpark(soonest)[-1]

    def take(self, line: _Line, place: int) -> str:
        _, card = line.waiting.popleft()
        for key in line.keys:
            self._left[key] -= 1
            self._free_from[key] = place + APART
            heappush(self._resting, (place + APART, key))
        if line.waiting:
            heappush(self._ready, self._entry(line))
        return card

    def _wake(self, key: str, place: int) -> None:
        """Let the most urgent line behind a rested key be looked at; if it may not go, it wakes the next."""
        if key in self._parked and self._free_from[key] <= place:
            heappush(self._ready, self._unpark(key))

    def _park(self, line: _Line, key: str) -> None:
        heappush(self._parked.setdefault(key, []), self._entry(line))

    def _unpark(self, key: str) -> _Entry:
        entry = heappop(self._parked[key])
        if not self._parked[key]:
            del self._parked[key]
        return entry

    def _longest_resting(self, line: _Line) -> str | None:
        rests = [key for key in line.keys if key in self._free_from]
        return max(rests, key=self._free_from.__getitem__, default=None)

    def _entry(self, line: _Line) -> _Entry:
        return self._urgency(line.keys, self._left), line.waiting[0][0], line
