"""Every card as a learner may meet it: each way of asking, before the answer, with its hint, and after it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from bot.core import ask
from bot.core.check import check
from bot.core.desk import Desk, Showing
from bot.core.model import Account, Attempt, Learner, Mode, Scope, Session, Stage
from bot.core.reply import Reply
from bot.core.screens import card_screen, model_screen
from decks.model import Card, Catalogue, PointsAnswer, StepsAnswer
from scheduler.model import Memory, Phase, Progress

NOON = 1_795_521_600_000  # 2026-11-24 12:00 UTC
DAY = 739_944
ACCOUNT = Account("telegram", "7")
KNOWN = Progress(
    phase=Phase.REVIEW,
    memory=Memory(30.0, 5.0),
    step=None,
    due_at=None,
    due_day=DAY,
    reviewed_at=NOON - 30 * 86_400_000,
    reviewed_day=DAY - 30,
    interval=30,
    reps=5,
    lapses=1,
)
WRONG = "something else that nobody expected"


class Seen(Struct, frozen=True):
    """One screen of a card, and how it came to be."""

    card: str
    mode: Mode
    state: str  # "asked", "hint", "answer ..."
    reply: Reply


def screens_of(card: Card, catalogue: Catalogue) -> Iterator[Seen]:
    """Every mode in which the card can be asked, in every state."""
    modes: set[Mode] = set()
    for progress in (None, KNOWN):
        for choices in (True, False):
            learner = Learner(id="x", created_at=NOON, stage=Stage.DONE, choices=choices)
            session = Session(
                id="s", account=ACCOUNT, scope=Scope(), started_at=NOON, touched_at=NOON, total=120, done=99
            )
            posed = ask.pose(card, progress, learner, session, attempt="0" * 26, now=NOON)
            if posed.mode not in modes:
                modes.add(posed.mode)
                yield from _states(card, catalogue, progress, learner, replace(session, attempt=posed.id), posed)


def _states(
    card: Card, catalogue: Catalogue, progress: Progress | None, learner: Learner, session: Session, posed: Attempt
) -> Iterator[Seen]:
    neighbours = [label for _, label in card.place.neighbours] if card.place else []
    everything = dict.fromkeys((*neighbours, *(wrong.card for wrong in card.distractors)), KNOWN)
    desk = Desk(
        account=ACCOUNT,
        learner=learner,
        now=NOON,
        today=DAY,
        chance="0" * 32,
        catalogue=catalogue,
        session=session,
        progress=everything | ({card.id: progress} if progress else {}),
    )

    def seen(state: str, attempt: Attempt) -> Seen:
        return Seen(card.id, posed.mode, state, card_screen(desk, Showing(attempt, card), session))

    yield seen("asked", posed)
    if card.hint:
        yield seen("hint", replace(posed, hinted=True))
    for state, attempt in _answers(card, posed, learner):
        yield seen(f"answer {state}", attempt)
    if isinstance(card.answer, PointsAnswer):
        revealed = Showing(ask.reveal(posed, learner, NOON), card)
        yield Seen(card.id, posed.mode, "model answer", model_screen(desk, revealed, session))


def _answers(card: Card, posed: Attempt, learner: Learner) -> Iterator[tuple[str, Attempt]]:
    """What a learner may have answered: nothing, right and wrong by choice, in text, in another order."""
    yield "shown", ask.reveal(posed, learner, NOON)
    if posed.mode is Mode.CHOICE and ask.several_right(posed):
        yield "ticked", ask.check_ticked(replace(posed, ticks=(0, 1)), learner, NOON)
    elif posed.mode is Mode.CHOICE:
        right = next(place for place, option in enumerate(posed.options) if option.right)
        for place in (right, (right + 1) % len(posed.options)):
            yield f"chose {place}", ask.choose(posed, place, learner, NOON)
    if isinstance(card.answer, StepsAnswer):
        order = tuple(reversed(range(len(posed.order))))
        yield "in an order", ask.check_order(replace(posed, ticks=order), card, learner, NOON)
    if posed.mode in (Mode.TYPED, Mode.CLOZE, Mode.REVEAL, Mode.INTERVIEW):
        texts = [WRONG, *(wrong.answer for wrong in card.foreseen)]
        yield from (("typed", ask.typed(posed, text, check(card, text), learner, NOON)) for text in texts)
