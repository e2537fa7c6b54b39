"""Learners who have met cards in their own drill before the quiz."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from bot.core.clock import study_day
from bot.core.fold import fold_days, fold_progress
from bot.core.model import Account, Change, Evidence, Learner, LogEntry, Mode, Reviewed
from bot.core.ports import Turn
from scheduler.model import Policy, Progress, Rating

from .world import Night

DAY = 86_400_000  # ms


async def studies(
    night: Night, account: Account, cards: Sequence[str], *, days_ago: int = 3, rating: Rating = Rating.EASY
) -> None:
    """The account has a learner, who rated each of these cards once, so long ago."""
    at = night.time.now - days_ago * DAY
    policy = Policy()

    def work(turn: Turn) -> None:
        if turn.learner(account) is None:
            turn.enrol(account, Learner(id=f"learner-{account.external}", created_at=at))
        entries = [_rated(account, card, at + place, rating, policy) for place, card in enumerate(cards)]
        progress = tuple((one.card, fold_progress([one], {policy.digest: policy}, one.card)) for one in entries)
        turn.save(Change(entries=tuple(entries), progress=progress, days=fold_days(entries)), ())

    await night.quizzes._book.as_(account, work)


async def known(night: Night, account: Account, card: str) -> tuple[Progress | None, list[LogEntry]]:
    """What the learner's memory of a card is, and its log."""

    def work(turn: Turn) -> tuple[Progress | None, list[LogEntry]]:
        assert turn.learner(account) is not None
        return turn.progress([card]).get(card), list(turn.entries(card))

    return await night.quizzes._book.as_(account, work)


async def evidence(night: Night, account: Account, card: str) -> list[Evidence]:
    """What quizzes have brought into the log of a card."""
    return [entry for entry in (await known(night, account, card))[1] if isinstance(entry, Evidence)]


def _rated(account: Account, card: str, at: int, rating: Rating, policy: Policy) -> Reviewed:
    return Reviewed(
        id=f"{at:012x}{blake2b(f'{account}{card}'.encode(), digest_size=10).hexdigest()}",
        at=at,
        study_day=study_day(at, "UTC", 240),
        account=account,
        card=card,
        attempt=f"{account.platform}{account.external}{card}",
        rating=rating,
        took=3000,
        mode=Mode.REVEAL,
        policy=policy.digest,
        phase="new",
    )
