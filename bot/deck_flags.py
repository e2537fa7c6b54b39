"""What learners say of cards as a table: reports, contested answers, how often a card fails, what it is taken for."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from decks.model import Card
from decks.text import plain
from decks.wording import answer_text
from storage.author import CardReport

NARROWEST = 60  # columns; a narrower terminal gets lines that run over
_LONGEST = 60  # characters of a learner's answer


def table(reports: Iterable[CardReport], cards: Mapping[str, Card]) -> list[str]:
    """The reports as the lines of a table as wide as the terminal; `cards` are those that can be studied now."""
    drawn = Table(box=None, pad_edge=False, show_edge=False, header_style="", padding=(0, 2, 1, 0))
    drawn.add_column("card", ratio=5, overflow="fold")
    drawn.add_column("reported", ratio=2, overflow="fold")
    drawn.add_column("contested", ratio=3, overflow="fold")
    drawn.add_column("Again", ratio=2, overflow="fold")
    drawn.add_column("taken for", ratio=3, overflow="fold")
    for one in reports:
        cells = (_card(one, cards), _reported(one), _contested(one), _failed(one), _taken(one, cards))
        drawn.add_row(*(Text(cell) for cell in cells))
    width = max(shutil.get_terminal_size((100, 24)).columns, NARROWEST)
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return [line.rstrip() for line in captured.get().rstrip().split("\n")]


def _card(one: CardReport, cards: Mapping[str, Card]) -> str:
    gone = "" if one.card in cards else "\n(no longer in a deck)"
    return f"{one.card}\n{_line(one.front)}{gone}"


def _reported(one: CardReport) -> str:
    counts = Counter(flag.reason for flag in one.flags)
    return "\n".join(reason if times == 1 else f"{reason} ({times})" for reason, times in counts.most_common())


def _contested(one: CardReport) -> str:
    counts = Counter(_line(report.given)[:_LONGEST] for report in one.contested)
    return "\n".join(f"{given} ({times})" if times > 1 else given for given, times in counts.most_common())


def _failed(one: CardReport) -> str:
    """How often, and by how many; the share only where enough learners make it mean something."""
    if not one.reviews:
        return ""
    people = "1 learner" if one.learners == 1 else f"{one.learners} learners"
    share = f"\n{one.rate:.0%}" if one.rate is not None else ""
    return f"{one.again} of {one.reviews}{share}\n{people}"


def _taken(one: CardReport, cards: Mapping[str, Card]) -> str:
    """Commonest wrong answers; where one is another card's, the answer of that card."""
    named = ((answer_text(cards[wrong].answer) if wrong in cards else wrong, times) for wrong, times in one.wrong)
    return "\n".join(
        f"{_line(text)[:_LONGEST]} ({times})" if times > 1 else _line(text)[:_LONGEST] for text, times in named
    )


def _line(text: str) -> str:
    return " ".join(plain(text).split())
