"""A channel's week: who was right how often, and who turned most around. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.core.model import Account
from bot.core.quiz import words
from bot.core.quiz.actions import Board, Hide
from bot.core.quiz.buttons import button
from bot.core.quiz.keep import Standing
from bot.core.quiz.model import Player
from bot.core.reply import Aside, Block, Line, Reply, Screen
from bot.core.spoken import plural
from decks.model import Catalogue
from decks.text import escape

LEADING = 3
WHOLE = 30
ENOUGH = 10  # answers before a topic is called weak


class Week(Struct, frozen=True):
    """One player's week."""

    name: str
    right: int
    answered: int
    turned: int


def weakest(answered: Sequence[tuple[str, int, int]], catalogue: Catalogue) -> tuple[str, float]:
    """(title, share right) of the deck whose questions this channel got wrong most; ("", 1.0) where too few were asked.

    `answered` holds (card, right answers, answers).
    """
    sums: dict[str, tuple[int, int]] = {}
    for name, right, of in answered:
        card = catalogue.cards.get(catalogue.renamed.get(name, name))
        if card is not None:
            before = sums.get(card.deck, (0, 0))
            sums[card.deck] = (before[0] + right, before[1] + of)
    shares = [(right / of, catalogue.decks[deck].title) for deck, (right, of) in sums.items() if of >= ENOUGH]
    share, title = min(shares, default=(1.0, ""))
    return (title, share) if share < 1 else ("", 1.0)


def board(
    week: int, found: Sequence[tuple[Standing, Player]], action: Board, weak: tuple[str, float] = ("", 1.0)
) -> Reply:
    """The week's screen; `weak` is the topic the channel knows least, and the share of right answers there."""
    lines = summed(found)
    if not lines:
        body: tuple[Block, ...] = (Line(f"**Week {week}**"), Line("No quiz was finished here this week."))
        return Reply(screen=Screen.STATS, body=body)
    quizzes = len({standing.at for standing, _ in found})
    head = f"**Week {week}** · {plural(quizzes, 'quiz', 'quizzes')}, {plural(len(lines), 'player')}"
    shown = lines[: WHOLE if action.whole else LEADING]
    body_: list[Block] = [Line(head)]
    body_ += [
        Line(f"**{place}** {words.shown(line.name)}, {line.right} of {line.answered}")
        for place, line in enumerate(shown, start=1)
    ]
    turned = sorted((line for line in lines if line.turned), key=lambda line: -line.turned)[:LEADING]
    if turned:
        told = ", ".join(f"{words.shown(line.name)} {line.turned}" for line in turned)
        body_.append(Line(f"**Turned around** {told}"))
    if weak[0]:
        body_.append(Line(f"**Weakest topic here** {escape(weak[0])}, {weak[1]:.0%} right"))
    body_.append(Aside("Ranked by right answers. Only quizzes of this channel count."))
    rows = [button("Take me off", Hide(True))]
    if not action.whole and len(lines) > LEADING:
        rows.insert(0, button(words.FULL_BOARD, Board(action.back, whole=True)))
    return Reply(screen=Screen.STATS, body=tuple(body_), rows=(tuple(rows),))


def summed(found: Sequence[tuple[Standing, Player]]) -> list[Week]:
    """Everybody's week, most right answers first. Whoever was deleted is "someone", one for each quiz."""
    sums: dict[Account | str, Week] = {}
    for standing, player in sorted(found, key=lambda pair: pair[0].at):
        key: Account | str = player.account or f"{standing.at}{standing.seat}"
        before = sums.get(key, Week("", 0, 0, 0))
        name = player.name if player.account else words.SOMEONE
        sums[key] = Week(
            name,
            before.right + standing.right,
            before.answered + standing.answered,
            before.turned + standing.turned,
        )
    return sorted(sums.values(), key=lambda line: (-line.right, line.answered))
