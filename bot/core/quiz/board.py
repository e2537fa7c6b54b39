"""A channel's week: who was right how often, and who turned most around. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.core.model import Account
from bot.core.quiz import words
from bot.core.quiz.actions import Board, Hide, QuizIt
from bot.core.quiz.buttons import button
from bot.core.quiz.fold import quiz_id
from bot.core.quiz.keep import Due, Standing
from bot.core.quiz.model import Player
from bot.core.quiz.show import BOARD, Show
from bot.core.reply import Aside, Block, Line, Reply, Screen, Weight
from bot.core.spoken import plural
from decks.model import Catalogue
from decks.text import escape

LEADING = 3
WHOLE = 30
RANKED = "Ranked by right answers. Only quizzes of this channel count."
ENOUGH = 10  # answers before a topic is called weak


class Week(Struct, frozen=True):
    """One player's week."""

    name: str
    right: int
    answered: int
    turned: int


class Weak(Struct, frozen=True):
    """The deck whose questions a channel got wrong most."""

    deck: str  # slug
    title: str
    share: float  # of right answers


def weakest(answered: Sequence[tuple[str, int, int]], catalogue: Catalogue) -> Weak | None:
    """The weakest deck; None where too few were asked, or nothing was wrong.

    `answered` holds (card, right answers, answers).
    """
    sums: dict[str, tuple[int, int]] = {}
    for name, right, of in answered:
        card = catalogue.cards.get(catalogue.renamed.get(name, name))
        if card is not None:
            before = sums.get(card.deck, (0, 0))
            sums[card.deck] = (before[0] + right, before[1] + of)
    shares = [(right / of, deck) for deck, (right, of) in sums.items() if of >= ENOUGH]
    share, deck = min(shares, default=(1.0, ""))
    return Weak(deck, catalogue.decks[deck].title, share) if share < 1 else None


def board(week: str, found: Sequence[tuple[Standing, Player]], action: Board, weak: Weak | None = None) -> Reply:
    """The screen of a week ("2026-W48") for whoever asked; `weak` is the topic the channel knows least."""
    lines = summed(found)
    if not lines:
        body: tuple[Block, ...] = (Line(f"**{_heading(week)}**"), Line("No quiz was finished here this week."))
        return Reply(screen=Screen.STATS, body=body)
    body_ = [*_body(week, found, lines, WHOLE if action.whole else LEADING, weak), Aside(RANKED)]
    rows = [button("Take me off", Hide(True))]
    if not action.whole and len(lines) > LEADING:
        rows.insert(0, button(words.FULL_BOARD, Board(action.back, whole=True, week=week)))
    return Reply(screen=Screen.STATS, body=tuple(body_), rows=(tuple(rows),))


def posted(due: Due, found: Sequence[tuple[Standing, Player]], weak: Weak | None) -> Show | None:
    """The board that a channel is shown on Monday; None where there is nobody to show."""
    lines = summed(found)
    if not lines:
        return None
    body = (*_body(due.week, found, lines, LEADING, weak), Aside(f"{RANKED} /leaderboard hide takes you off."))
    rows = (
        (
            button(words.QUIZ_IT, QuizIt(due.week), Weight.PRIMARY),
            button(words.FULL_BOARD, Board(whole=True, week=due.week)),
        ),
    )
    return Show(
        place=due.place,
        quiz=quiz_id(f"{due.place.platform}\n{due.place.channel}", BOARD),
        slot=f"{BOARD}-{due.week}",
        reply=Reply(screen=Screen.STATS, body=body, rows=rows),
        live=False,
    )


def _heading(week: str) -> str:
    return f"Week {int(week[-2:])}"


def _body(
    week: str, found: Sequence[tuple[Standing, Player]], lines: Sequence[Week], places: int, weak: Weak | None
) -> list[Block]:
    quizzes = len({standing.at for standing, _ in found})
    head = f"**{_heading(week)}** · {plural(quizzes, 'quiz', 'quizzes')}, {plural(len(lines), 'player')}"
    body: list[Block] = [Line(head)]
    figures = [(line.right, line.answered) for line in lines]
    ranked = [(1 + figures.index(own), line) for own, line in zip(figures, lines, strict=True)]  # equals share a place
    body += [
        Line(f"**{place}** {words.shown(line.name)}, {line.right} of {line.answered}")
        for place, line in ranked[:WHOLE]
        if place <= places
    ]
    turned = sorted((line for line in lines if line.turned), key=lambda line: -line.turned)[:LEADING]
    if turned:
        told = ", ".join(f"{words.shown(line.name)} {line.turned}" for line in turned)
        body.append(Line(f"**Turned around** {told}"))
    if weak:
        body.append(Line(f"**Weakest topic here** {escape(weak.title)}, {weak.share:.0%} right"))
    return body


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
