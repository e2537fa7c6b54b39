"""What learners say of cards as a table: reports, contested answers, how often a card fails, what it is taken for."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from decks.model import Card
from decks.text import plain
from decks.wording import answer_text
from storage.author import CardReport

NARROWEST = 80  # columns; a narrower terminal gets lines that run over
_COLUMNS = (("card", 9), ("reported", 4), ("contested", 4), ("Again", 4), ("taken for", 5))  # and their shares
_ANSWER, _FRONT = 60, 120  # characters of an answer, of a card's front


def table(reports: Sequence[CardReport], cards: Mapping[str, Card]) -> list[str]:
    """The reports as the lines of a table as wide as the terminal; `cards` are those that can be studied now."""
    width = max(shutil.get_terminal_size((160, 24)).columns, NARROWEST)
    drawn = Table(box=None, pad_edge=False, show_edge=False, header_style="", padding=(0, 2, 1, 0))
    for heading, share in _COLUMNS:
        drawn.add_column(heading, ratio=share, overflow="fold")
    for one in reports:
        cells = (_card(one, cards), _reported(one), _contested(one), _failed(one), _taken(one, cards))
        drawn.add_row(*map(Text, cells))
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return [line.rstrip() for line in captured.get().rstrip().split("\n")]


def _card(one: CardReport, cards: Mapping[str, Card]) -> str:
    """The card, its front as it was last shown, and whether it is there still."""
    gone = "" if one.card in cards else "(no longer in a deck)"
    return "\n".join(line for line in (one.card, _cut(one.front, _FRONT), gone) if line)


def _reported(one: CardReport) -> str:
    counts = Counter(flag.reason for flag in one.flags)
    return _counted(counts.most_common())


def _contested(one: CardReport) -> str:
    return _counted(Counter(_cut(report.given, _ANSWER) for report in one.contested).most_common())


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
    return _counted((_cut(text, _ANSWER), times) for text, times in named)


def _counted(texts: Iterable[tuple[str, int]]) -> str:
    return "\n".join(f"{text} ({times})" if times > 1 else text for text, times in texts)


def _cut(text: str, longest: int) -> str:
    line = " ".join(plain(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
