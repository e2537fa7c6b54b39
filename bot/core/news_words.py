"""What a learner reads when cards have changed: corrected, retired, new, reported and mended. Pure.

In the dialect of `decks.text`, as `words`.
"""

from __future__ import annotations

from bot.core.spoken import past_day, plural
from decks.text import escape

GOT_IT = "Got it"
NOTED = "Noted. It comes back tomorrow."
RETIRED = "This card was retired."
RETIRED_BEFORE = "That card was retired."
HERE_IS_THE_NEXT = "Here is the next one."


def corrected(before: str, day: int, today: int) -> str:
    """On a card whose answer is another than when the learner answered it last, on study day `day`."""
    since = f"Corrected since you answered it {past_day(day, today)}."
    stop = "" if before.endswith((".", "?", "…")) else "."
    return f"{since} Before, this card said: {escape(before)}{stop} This answer does not count against you."


def new_cards(title: str, cards: int) -> str:
    """ "New in Slowly changing dimensions: 3 cards."."""
    return f"New in {title}: {plural(cards, 'card')}."


def new_elsewhere(decks: int, cards: int) -> str:
    """Behind the decks told by name."""
    return f"New in {plural(decks, 'other deck')}: {plural(cards, 'card')}."


def mended(front: str) -> str:
    """To whoever reported a card that reads otherwise now."""
    return f"The card you reported is corrected: “{escape(front)}” Thank you."


def more_mended(cards: int) -> str:
    """Behind the reported cards told by name."""
    return f"{plural(cards, 'other card')} you reported {'is' if cards == 1 else 'are'} corrected too."
