"""The words of a rehearsal: a timed exam over a track, whose questions and answers are one value. Pure."""

from __future__ import annotations

from msgspec import Struct

OPEN = -1  # in the place of an option: not answered


class Asked(Struct, frozen=True):
    """One question: a card as it was shown, the domain it was drawn for, and the option picked, or `OPEN`.

    The options follow from the card's revision and the rehearsal's id, so they are not kept.
    """

    card: str
    revision: str
    domain: str
    picked: int = OPEN


class Rehearsal(Struct, frozen=True, kw_only=True):
    """A rehearsal, whole: any worker can go on with it. A learner has at most one, the latest."""

    id: str  # 128 random bits, as of an attempt
    track: str
    started_at: int  # ms
    ends_at: int  # ms
    asked: tuple[Asked, ...]
    at: int = 0  # the question on screen; one past the last is the end
    handed_in: int = 0  # ms; 0 while it is under way
    right: tuple[bool, ...] = ()  # by question, once handed in
    drilled: bool = False  # its misses were put into the drill

    @property
    def is_open(self) -> bool:
        """Whether it was not handed in; its time may be over all the same."""
        return not self.handed_in

    @property
    def missed(self) -> tuple[int, ...]:
        """The questions not answered right, once handed in; those left open too."""
        return tuple(place for place, right in enumerate(self.right) if not right)

    @property
    def left(self) -> tuple[int, ...]:
        """The questions left open."""
        return tuple(place for place, asked in enumerate(self.asked) if asked.picked == OPEN)
