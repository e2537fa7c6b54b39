"""What a letter says, with the first card inside, so that the drill starts there. Pure.

The card is an ordinary showing in an ordinary sitting: its buttons work like those of any other.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from bot.core import reminder_words as words
from bot.core.actions import Hint, More, Remind, Set, Start, Undo
from bot.core.desk import Desk, Outcome, Showing
from bot.core.planning import pace
from bot.core.reminder_model import Kind, Letter
from bot.core.reminders import RUN_WORTH, WORTH, View, loss
from bot.core.reply import Button, Line, Reply, Screen
from bot.core.screens import card_screen
from bot.core.sitting import start

Opening = Callable[[int, int], tuple[str, ...]]
"""The sentences over the card, from how many cards wait and how long they take (ms)."""

FEWER = Button(words.NO_MORE, Remind("off"))


def written(desk: Desk, letter: Letter, view: View) -> Outcome | None:
    """A letter on a desk laid for `Start()`; None when there turns out to be nothing to say."""
    match letter.kind:
        case Kind.CLOSING:
            return Outcome(reply=closing())
        case Kind.WEEKLY:
            return _weekly(desk, view)
        case Kind.CARDS:
            return _with_card(desk, lambda cards, spent: _reasons(view, cards, spent), FEWER)
        case Kind.SNOOZE:
            return _with_card(desk, lambda cards, spent: (words.an_hour_later(cards, spent),), FEWER)
        case Kind.READY:
            fewer = Button(words.NO_MORE_READY, Set("remind-ready", "no"))
            back = sum(one.due_at is not None and one.due_at <= desk.now for _, one in desk.ready)
            said = words.returned(back, back * pace(desk.pace))
            return _with_card(desk, lambda *_: (said,), fewer) if back else None


def closing() -> Reply:
    """The last message, after several without an answer."""
    rows = ((Button(words.CARDS_NOW, Start()),), (Button(words.IN_A_MONTH, Remind("month")),))
    return Reply(screen=Screen.NOTICE, body=(Line(words.CLOSING),), rows=rows)


def _weekly(desk: Desk, view: View) -> Outcome:
    """The week, and today's cards where today is not drilled yet and something waits."""
    lines = words.week(view.week)
    waits = bool(view.due) and not view.drilled
    drill = _with_card(desk, lambda cards, spent: (*lines, words.cards_ready(cards, spent)), FEWER) if waits else None
    body = tuple(Line(line) for line in lines)
    return drill or Outcome(reply=Reply(screen=Screen.NOTICE, body=body, rows=((FEWER,),)))


def _reasons(view: View, cards: int, spent: int) -> tuple[str, ...]:
    """Why this message was worth sending."""
    first, lost = words.cards_ready(cards, spent), loss(view.due, view.today, view.learner.policy)
    why = []
    if lost >= WORTH:
        why.append(words.cost(round(max(lost, 1.0)), among=len(view.due) <= cards))
    if view.run >= RUN_WORTH:
        why.append(words.run_goes_on(view.run))
    return (" ".join((first, *why)),)


def _with_card(desk: Desk, opening: Opening, fewer: Button) -> Outcome | None:
    """The sitting that waits, with these sentences over its first card and the ways out below it."""
    outcome = start(desk, Start())
    session = outcome.change.session or desk.session
    showing = _first_card(desk, outcome)
    if session is None or showing is None or outcome.reply.attempt != showing.attempt.id:
        return None
    left = max(1, session.total - session.done)
    before = tuple(Line(sentence) for sentence in opening(left, left * pace(desk.pace)))
    drawn = card_screen(desk, showing, session, before=before)
    rest = (Button(words.IN_AN_HOUR, Remind("later")), Button(words.NOT_TODAY, Remind("today")))
    return replace(outcome, reply=replace(drawn, rows=(*_answering(drawn), rest, (fewer,))))


def _first_card(desk: Desk, outcome: Outcome) -> Showing | None:
    """The showing that the sitting begins, or goes on with."""
    begun = next((one for one in outcome.change.attempts if one.id == outcome.reply.attempt), None)
    if begun is None:
        return desk.open
    card = next((card for card in outcome.cards if card.id == begun.card), None)
    return Showing(begun, card) if card else None


def _answering(drawn: Reply) -> tuple[tuple[Button, ...], ...]:
    """The buttons that answer the card; hint, undo and more come with the next screen."""
    kept = (tuple(b for b in row if not isinstance(b.action, Hint | Undo | More)) for row in drawn.rows)
    return tuple(row for row in kept if row)
