"""The end of a sitting on screen: what came, what did not, what tomorrow holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from bot.core import habit_words, words
from bot.core.actions import Browse, Start
from bot.core.desk import Desk
from bot.core.exam_outlook import exam_button, outlook
from bot.core.habit_lines import (
    back_rows,
    is_catching_up,
    is_caught_up,
    left_today,
    plan_lines,
    plan_rows,
    streak_lines,
)
from bot.core.layout import packed, start_button
from bot.core.model import Session
from bot.core.planning import learning_cards, pace
from bot.core.reply import Block, Button, Items, Line, Reply, Screen
from decks.text import brief
from scheduler.model import Progress

MISSED_SHOWN = 5
MISSED_WIDTH = 80  # characters of a front


def summary(desk: Desk, session: Session, known: Mapping[str, Progress], toast: str = "") -> Reply:
    """What a sitting came to, what did not come, and what tomorrow holds."""
    if is_catching_up(desk, session):
        return _caught_up(desk, session, known, toast)
    cards = len(session.seen)
    body: list[Block] = []
    if cards:
        body.append(Line(words.session_done(cards, session.took)))
        body.append(Line(words.first_time(cards - len(session.missed), cards)))
        body += _missed(desk, session)
    else:
        body.append(Line(words.NOTHING_ANSWERED if session.plan else words.NOTHING_DUE))
    body += [*_ahead(desk, session, known), *streak_lines(desk, session), *outlook(desk, known)]
    body += [Line(line) for line in session.news]
    rows = (*_summary_rows(desk, session), *back_rows(desk))
    return Reply(screen=Screen.SUMMARY, body=tuple(body), rows=rows, toast=toast)


def _caught_up(desk: Desk, session: Session, known: Mapping[str, Progress], toast: str) -> Reply:
    """The summary under a plan to catch up: how many came back, and where the plan stands."""
    cards = len(session.seen)
    said = habit_words.came_back(cards - len(session.missed), cards) if cards else _none_left(desk)
    body: list[Block] = [Line(said)]
    body += [*plan_lines(desk, session, known), *_missed(desk, session)]
    body += [*_returning(desk, session, known), *streak_lines(desk, session)]
    body += [Line(line) for line in session.news]
    rows = _summary_rows(desk, session) if is_caught_up(desk, known) else plan_rows(desk)
    return Reply(screen=Screen.SUMMARY, body=tuple(body), rows=(*rows, *back_rows(desk)), toast=toast)


def _none_left(desk: Desk) -> str:
    """Under a plan: why no card was asked."""
    left = left_today(desk)
    return words.NOTHING_DUE if left else habit_words.plan_stands(0, desk.record.habit.per_day)


def _missed(desk: Desk, session: Session) -> list[Block]:
    """The cards that did not come, by topic and front."""
    missed = (desk.catalogue.cards.get(card) for card in session.missed)
    titles = [words.A_RETIRED_CARD if card is None else brief(card.front, MISSED_WIDTH) for card in missed]
    shown = titles[:MISSED_SHOWN]
    if len(titles) > MISSED_SHOWN:
        shown.append(words.and_more(len(titles) - MISSED_SHOWN))
    return [Items(tuple(shown))] if shown else []


def _ahead(desk: Desk, session: Session, known: Mapping[str, Progress]) -> list[Block]:
    lines = _returning(desk, session, known)
    tomorrow = desk.due_tomorrow + _newly_due(desk, known)
    lines.append(Line(words.tomorrow(tomorrow, tomorrow * pace(desk.pace))))
    return lines


def _returning(desk: Desk, session: Session, known: Mapping[str, Progress]) -> list[Block]:
    """Learning cards that come back later today."""
    waiting = 0 if session.cram else len(learning_cards(desk, session, known))
    return [Line(words.returning_soon(waiting))] if waiting else []


def _newly_due(desk: Desk, known: Mapping[str, Progress]) -> int:
    """By how many this turn changed the cards due tomorrow, which the store's forecast does not know yet."""

    def due(progress: Progress | None) -> bool:
        return progress is not None and progress.due_day is not None and progress.due_day <= desk.today + 1

    before = {**dict(desk.ready), **desk.progress}
    return sum(due(progress) - due(before.get(card)) for card, progress in known.items())


def _summary_rows(desk: Desk, session: Session) -> tuple[tuple[Button, ...], ...]:
    more = Start(session.scope, extra=5)
    first = start_button(words.more_cards(5), more)
    rest = [*exam_button(desk), Button(words.DECKS, Browse())]
    if session.scope.slug:
        cram = Button(words.CRAM, Start(session.scope, cram=True))
        return ((first,), (cram,), tuple(rest))
    return tuple(packed((first, *rest)))


def nothing_to_ask(desk: Desk, action: Start, reply: Reply) -> Reply:
    """The end of a sitting that found no card: why, and only buttons that lead somewhere."""
    if desk.supply is None or desk.supply.new or action.cram or desk.record.habit.per_day:
        return reply
    if not action.extra and desk.counters.new >= desk.learner.policy.new_per_day:
        return replace(reply, body=(*reply.body[:1], Line(words.LIMIT_REACHED), *reply.body[1:]))
    rows = tuple(
        row
        for buttons in reply.rows
        if (row := tuple(b for b in buttons if not (isinstance(b.action, Start) and b.action.extra)))
    )
    return replace(reply, body=(*reply.body[:1], Line(words.ALL_MET), *reply.body[1:]), rows=rows)
