"""How a card is asked: which mode, which options in which order, and what a given answer allows. Pure.

Rules kept here (design: "How a card is asked"):
- A choice is for new and learning cards with at least three distinct wrong values. It advances a learning step,
  never the last, and offers no Easy: graduating needs recall.
- A wrong choice, or "not sure", offers only Again and Hard.
- Options, steps and their order are frozen in the attempt; their order depends only on the attempt's id.
"""

from __future__ import annotations

import random

from msgspec.structs import replace

from bot.core.model import Attempt, Fit, Learner, Mode, Option, Session, Step, Verdict
from decks.model import (
    Card,
    Kind,
    NumberAnswer,
    PointsAnswer,
    SetAnswer,
    StepsAnswer,
    TextAnswer,
)
from decks.text import plain
from scheduler.model import Phase, Policy, Progress, Rating

GIVEN_LIMIT = 500  # characters of an answer kept in the log
WRONG_OPTIONS = 3
TYPED_WORDS = 4  # longer answers are spoken, not typed
TYPED_LENGTH = 32

ALL = tuple(Rating)
RECALLED_TWO = (Rating.AGAIN, Rating.GOOD)
MISSED = (Rating.AGAIN, Rating.HARD)
CHOSEN = (Rating.AGAIN, Rating.HARD, Rating.GOOD)


def pose(
    card: Card, progress: Progress | None, learner: Learner, session: Session, *, attempt: str, now: int
) -> Attempt:
    """A fresh attempt at a card, everything it shows frozen."""
    mode = _mode(card, progress, learner)
    repeat = card.id in session.seen
    chance = random.Random(attempt)
    return Attempt(
        id=attempt,
        session=session.id,
        card=card.id,
        revision=card.revision,
        mode=mode,
        asked_at=now,
        number=0 if repeat else session.done + 1,
        total=session.total,
        new=progress is None,
        options=options_of(card, chance) if mode is Mode.CHOICE else (),
        order=_shuffled(card.answer, chance) if isinstance(card.answer, StepsAnswer) else (),
    )


def answer_of(card: Card) -> str:
    """A card's answer as one phrase."""
    match card.answer:
        case TextAnswer(text=text) | NumberAnswer(text=text):
            return text
        case SetAnswer(items=items):
            return ", ".join(items)
        case StepsAnswer(steps=steps):
            return "; ".join(steps)
        case PointsAnswer(model=model):
            return model


def several_right(attempt: Attempt) -> bool:
    """Whether a choice has more than one right option: ticked, then checked."""
    return sum(option.right for option in attempt.options) > 1


def choose(attempt: Attempt, option: int, learner: Learner, now: int) -> Attempt:
    """The attempt with one option chosen (-1: not sure)."""
    chosen = attempt.options[option] if 0 <= option < len(attempt.options) else None
    right = chosen is not None and chosen.right
    return _answered(
        attempt,
        now,
        given=chosen.text if chosen else "",
        verdict=Verdict(fit=Fit.RIGHT if right else Fit.WRONG, suggested=Rating.GOOD if right else Rating.AGAIN),
        allowed=allowed(CHOSEN if right else MISSED, learner),
    )


def check_ticked(attempt: Attempt, learner: Learner, now: int) -> Attempt:
    """The attempt with its ticked options judged: all the right ones and no other."""
    right = {place for place, option in enumerate(attempt.options) if option.right}
    fit = Fit.RIGHT if right == set(attempt.ticks) else Fit.PARTLY if right & set(attempt.ticks) else Fit.WRONG
    return _answered(
        attempt,
        now,
        given=", ".join(attempt.options[place].text for place in attempt.ticks),
        verdict=Verdict(fit=fit, suggested=Rating.GOOD if fit is Fit.RIGHT else Rating.AGAIN),
        allowed=allowed(CHOSEN if fit is Fit.RIGHT else MISSED, learner),
    )


def check_order(attempt: Attempt, card: Card, learner: Learner, now: int) -> Attempt:
    """The attempt with its tapped order judged."""
    tapped = tuple(attempt.order[place] for place in attempt.ticks)
    in_place = sum(shown == true for true, shown in enumerate(tapped))
    right = in_place == len(attempt.order)
    close = not right and in_place >= len(attempt.order) - 2
    suggested = Rating.GOOD if right else Rating.HARD if close else Rating.AGAIN
    fit = Fit.RIGHT if right else Fit.PARTLY if close else Fit.WRONG
    steps = card.answer.steps if isinstance(card.answer, StepsAnswer) else ()
    return _answered(
        attempt,
        now,
        given="; ".join(steps[place] for place in tapped if place < len(steps)),
        verdict=Verdict(fit=fit, suggested=suggested),
        allowed=allowed(ALL if right else MISSED, learner),
    )


def order_in(text: str, attempt: Attempt) -> tuple[int, ...]:
    """Shown positions typed as letters or numbers ("C A B", "3,1,2"); empty if that is not what was typed."""
    marks = [mark for mark in text.upper() if mark.isalnum()]
    places = tuple(ord(mark) - 65 if mark.isalpha() else int(mark) - 1 for mark in marks if mark.isascii())
    return places if sorted(places) == list(range(len(attempt.order))) else ()


def reveal(attempt: Attempt, learner: Learner, now: int) -> Attempt:
    """The attempt with its answer shown, nothing given."""
    offered = MISSED if attempt.mode is Mode.CHOICE else ALL
    return _answered(attempt, now, given="", verdict=None, allowed=allowed(offered, learner))


def typed(attempt: Attempt, text: str, verdict: Verdict, learner: Learner, now: int) -> Attempt:
    """The attempt with a typed answer and what checking it found."""
    recalled = CHOSEN if attempt.mode is Mode.CHOICE else ALL  # the options were in sight
    offered = MISSED if verdict.fit is Fit.WRONG else recalled
    answered = _answered(attempt, now, given=text[:GIVEN_LIMIT], verdict=verdict, allowed=allowed(offered, learner))
    return replace(answered, ticks=verdict.ticks)


def tick(attempt: Attempt, item: int) -> Attempt:
    """The attempt with a key point or an option ticked, or unticked if it was."""
    ticks = set(attempt.ticks) ^ {item}
    return replace(attempt, ticks=tuple(sorted(ticks)))


def suggestion(attempt: Attempt, card: Card) -> Rating | None:
    """The rating one tap accepts: from the check, or from the share of key points ticked (half is Hard)."""
    if isinstance(card.answer, PointsAnswer) and attempt.step is Step.ANSWERED and attempt.ticks:
        points = len(card.answer.points)
        said = len(attempt.ticks)
        wanted = Rating.GOOD if said == points else Rating.HARD if 2 * said >= points else Rating.AGAIN
        return _nearest(wanted, attempt.allowed)
    return _nearest(attempt.verdict.suggested, attempt.allowed) if attempt.verdict else None


def allowed(ratings: tuple[Rating, ...], learner: Learner) -> tuple[Rating, ...]:
    """What may be pressed: a two-button learner has Again and the plain success, if success is offered."""
    if not learner.two_buttons:
        return ratings
    return RECALLED_TWO if Rating.GOOD in ratings else (Rating.AGAIN,)


def _answered(
    attempt: Attempt, now: int, *, given: str, verdict: Verdict | None, allowed: tuple[Rating, ...]
) -> Attempt:
    return replace(
        attempt,
        step=Step.ANSWERED,
        answered_at=now,
        given=given[:GIVEN_LIMIT],
        verdict=verdict,
        allowed=allowed,
        suggested=_nearest(verdict.suggested, allowed) if verdict else None,
    )


def _nearest(wanted: Rating, offered: tuple[Rating, ...]) -> Rating:
    """The offered rating closest to the wanted one; the kinder of two equally close."""
    return min(offered, key=lambda rating: (abs(rating - wanted), -rating))


def _mode(card: Card, progress: Progress | None, learner: Learner) -> Mode:
    if card.kind is Kind.STEPS:
        return Mode.STEPS
    if isinstance(card.answer, PointsAnswer):
        return Mode.INTERVIEW
    if learner.choices and _may_choose(progress, learner.policy) and has_choice(card):
        return Mode.CHOICE
    if card.kind is Kind.CLOZE:
        return Mode.CLOZE
    return Mode.TYPED if typeable(card) else Mode.REVEAL


def _may_choose(progress: Progress | None, policy: Policy) -> bool:
    """New, or learning with another step after this one: a right choice then advances, and never graduates."""
    if progress is not None and progress.phase is not Phase.LEARNING:
        return False
    step = progress.step or 0 if progress else 0
    return step + 1 < len(policy.learning_steps)


def has_choice(card: Card) -> bool:
    """Whether a card has enough wrong values to be asked as a choice."""
    wrong = {_reads(distractor.text) for distractor in card.distractors}
    return len(wrong) >= WRONG_OPTIONS and isinstance(card.answer, TextAnswer | SetAnswer | NumberAnswer)


def typeable(card: Card) -> bool:
    """Whether a card's answer is short enough to be typed."""
    match card.answer:
        case NumberAnswer():
            return True
        case TextAnswer(text=text):
            words = plain(text)
            return len(words) <= TYPED_LENGTH and len(words.split()) <= TYPED_WORDS and "\n" not in words
        case SetAnswer(items=items):
            return all(len(plain(item)) <= TYPED_LENGTH for item in items)
        case _:
            return False


def options_of(card: Card, chance: random.Random) -> tuple[Option, ...]:
    """The right value or values of a choice among wrong ones, in an order left to chance.

    Authors end sentences with a full stop, and other values without: it would tell the answer, so all have it or none.
    """
    right = card.answer.items if isinstance(card.answer, SetAnswer) else (answer_of(card),)
    found = [Option(text, right=True, card=card.id) for text in right]
    taken = {_reads(text) for text in right}
    for distractor in chance.sample(card.distractors, len(card.distractors)):
        reads = _reads(distractor.text)
        if reads not in taken and len(found) < len(right) + WRONG_OPTIONS:
            taken.add(reads)
            found.append(Option(distractor.text, right=False, card=distractor.card, label=distractor.label))
    chance.shuffle(found)
    if all(option.text != _unstopped(option.text) for option in found):
        return tuple(found)
    return tuple(replace(option, text=_unstopped(option.text)) for option in found)


def _reads(option: str) -> str:
    return _unstopped(plain(option)).casefold()


def _unstopped(text: str) -> str:
    return text if text.endswith("..") else text.removesuffix(".")


def _shuffled(answer: StepsAnswer, chance: random.Random) -> tuple[int, ...]:
    """Shown position -> true position; never the true order itself."""
    order = list(range(len(answer.steps)))
    while len(order) > 1 and order == sorted(order):
        chance.shuffle(order)
    return tuple(order)
