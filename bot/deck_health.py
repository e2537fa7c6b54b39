"""`decks health`: how the cards of a deck do, as a table: first try, commonest wrong answer, reports."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence

from decks.model import Card
from decks.text import plain
from decks.wording import answer_text
from storage.audience import Health

WIDEST = 120  # columns; longer lines are hard to read
FIGURES = ("learners", "first try", "commonest wrong answer", "reports")
FEW = "Cards with fewer than five learners are left out."
_LEAST = 20  # characters of a front or an answer


def table(found: Sequence[Health], cards: Mapping[str, Card]) -> list[str]:
    """The cards as the lines of a table, the worst first; `cards` are those of the deck and those taken for them."""
    if not found:
        return ["No card of it has five learners yet."]
    width = min(shutil.get_terminal_size((100, 24)).columns, WIDEST)
    room = width - sum(len(name) + 2 for name in FIGURES if name != FIGURES[2]) - 2
    wrongs = [_wrong(one, cards, room // 2) for one in found]
    third = max(len(FIGURES[2]), *map(len, wrongs))
    fronts = [_cut(_line(cards[one.card].front), max(_LEAST, room - third)) for one in found]
    first = max(len("card"), *map(len, fronts))
    lines = [_row(("card", *FIGURES), first, third)]
    for one, front, wrong in zip(found, fronts, wrongs, strict=True):
        lines.append(
            _row((front, f"{one.learners:,}", f"{100 * one.first:.0f} %", wrong, str(one.reports)), first, third)
        )
    return [*lines, FEW]


def _row(cells: tuple[str, ...], first: int, third: int) -> str:
    card, learners, tried, wrong, reports = cells
    return f"{card:{first}}  {learners:>8}  {tried:>9}  {wrong:{third}}  {reports:>7}"


def _wrong(one: Health, cards: Mapping[str, Card], room: int) -> str:
    """What is taken for the answer; where that is another card's, its answer."""
    if not one.wrong:
        return "-"
    text = answer_text(cards[one.wrong].answer) if one.wrong in cards else one.wrong
    share = f" ({100 * one.share:.0f} %)"
    return _cut(_line(text), max(_LEAST, room) - len(share)) + share


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _line(text: str) -> str:
    return " ".join(plain(text).split())
