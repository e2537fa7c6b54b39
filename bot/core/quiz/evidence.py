"""How a quiz's answers become evidence in one learner's log, and cards part of their drill. Pure around one turn.

The log is the inbox: an entry's `attempt` is quiz, question and seat, which is a key, so that an answer is delivered
once however often delivering is tried. What was delivered and is void afterwards is taken back by an entry of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from msgspec import Struct

from bot.core.clock import study_day
from bot.core.evidence import VERSION
from bot.core.fold import fold_progress, standing
from bot.core.model import Account, Change, Evidence, Learner, LogEntry, Mode, Scheduling, Undone, Wanted
from bot.core.ports import Turn
from scheduler.model import Policy, Progress


class Given(Struct, frozen=True, kw_only=True):
    """One answer on its way to its learner; `void` ones are taken back where they have arrived."""

    quiz: str
    question: int
    seat: str
    card: str
    former: tuple[str, ...] = ()  # ids the card had before, newest first
    mode: Mode
    right: bool
    given: str
    at: int  # ms
    took: int  # ms
    void: bool = False

    @property
    def attempt(self) -> str:
        """What it is known by in the log."""
        return f"{self.quiz}.{self.question}.{self.seat}"


def deliver(turn: Turn, owner: Account, account: Account, answers: Sequence[Given], now: int) -> int:
    """Bring an account's answers into the log of whoever `owner` belongs to; how many entries that wrote."""
    learner = turn.learner(owner)
    if learner is None:
        return 0
    return sum(_deliver(turn, account, learner, given, now) for given in answers)


def want(
    turn: Turn, learner: Learner, quiz: str, cards: Sequence[str], former: Mapping[str, Sequence[str]], now: int
) -> tuple[str, ...]:
    """Put cards into a drill; those that this quiz has not put there before. `former` holds their earlier ids."""
    added: list[str] = []
    for card in cards:
        name = _name("want", quiz, card)
        ids = (card, *former.get(card, ()))
        if any(isinstance(entry, Wanted) and entry.id.endswith(name) for one in ids for entry in turn.entries(one)):
            continue
        known = _known_as(turn, ids)
        entry = Wanted(
            id=f"{now:012x}{name}",
            at=now,
            study_day=study_day(now, learner.zone, learner.day_start),
            card=known,
            policy=learner.policy.digest,
        )
        _append(turn, learner, entry)
        added.append(card)
    return tuple(added)


def _deliver(turn: Turn, account: Account, learner: Learner, given: Given, now: int) -> int:
    ids = (given.card, *given.former)
    found = [entry for one in ids for entry in turn.entries(one)]
    there = next((e for e in found if isinstance(e, Evidence) and e.attempt == given.attempt), None)
    if given.void:
        if there is None or there not in standing(turn.entries(there.card)):
            return 0
        _append(turn, learner, _taken_back(learner, there, given, now))
        return 1
    if there is not None or learner.separate or not found:  # without entries the card was never met
        return 0
    entry = Evidence(
        id=f"{given.at:012x}{_name('answer', given.attempt)}",
        at=given.at,
        study_day=study_day(given.at, learner.zone, learner.day_start),
        account=account,
        card=_known_as(turn, ids),
        attempt=given.attempt,
        mode=given.mode,
        correct=given.right,
        took=given.took,
        policy=learner.policy.digest,
        version=VERSION,
        given=given.given,
    )
    _append(turn, learner, entry)
    return 1


def _taken_back(learner: Learner, there: Evidence, given: Given, now: int) -> Undone:
    at = max(now, there.at + 1)
    return Undone(
        id=f"{at:012x}{_name('void', given.attempt)}",
        at=at,
        study_day=study_day(at, learner.zone, learner.day_start),
        card=there.card,
        entry=there.id,
    )


def _known_as(turn: Turn, ids: Sequence[str]) -> str:
    """The id under which a card is known: the one it has now, or an earlier one that no sitting has carried over."""
    known = turn.progress(ids)
    return next((one for one in ids if one in known), ids[0])


def _append(turn: Turn, learner: Learner, entry: Evidence | Undone | Wanted) -> None:
    """Add an entry, and the progress its card then has."""
    card = entry.card
    after = [*turn.entries(card), entry]
    progress = fold_progress(after, _policies(turn, learner, after), card)
    before = turn.progress([card]).get(card)
    changed: tuple[tuple[str, Progress | None], ...] = ((card, progress),) if progress != before else ()
    turn.save(Change(entries=(entry,), progress=changed), ())


def _policies(turn: Turn, learner: Learner, entries: Sequence[LogEntry]) -> Mapping[str, Policy]:
    used = sorted({entry.policy for entry in entries if isinstance(entry, Scheduling)})
    return {**turn.policies(used), learner.policy.digest: learner.policy}


def _name(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=10).hexdigest()
