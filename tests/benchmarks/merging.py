"""Merging two large logs: how long it takes, and how long anybody else waits for the writer meanwhile.

Two learners have 50,000 reviews each of the same 2,000 cards, so that every card is replayed. Beside them somebody
presses without a pause: the median, the 99th percentile and the longest of their turns, with and without a merge.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

from bot.core.actions import Action, Begin, Link, ShowHelp, Unlink, Unmerge
from bot.core.fold import fold_days
from bot.core.link_model import code_of
from bot.core.model import Account, Change, Learner, Mode, Reviewed, Stage
from bot.core.ports import Store, Turn
from bot.core.reply import Reply, Screen
from bot.core.tutor import Tutor
from decks.model import Catalogue
from scheduler.model import Policy, Progress, Rating
from scheduler.schedule import Moment, review
from storage.open import open_store

REVIEWS = 50_000
CARDS = 2_000
APART = 20 * 60_000  # ms between two reviews
START = 1_700_000_000_000  # ms
DAY = 86_400_000
BATCH = 5_000
IDLE = 2.0  # seconds
PAGE, CHAT, OTHER = Account("bench", "page"), Account("bench", "chat"), Account("bench", "other")
DONE = Reply(screen=Screen.NOTICE, body=())


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder) / "backfill.db"))


async def _run(path: Path) -> None:
    store = await open_store(path)
    for number, account in enumerate((PAGE, CHAT)):
        await _remember(store, account, number)
    now = iter(range(START + 2 * REVIEWS * APART, 10**15, 1_000))
    tutor = Tutor(store, lambda: Catalogue({}, {}, {}), lambda: next(now))
    keys = iter(range(10**9))

    async def press(account: Account, action: Action) -> tuple[Reply, float]:
        began = time.perf_counter()
        reply = await tutor.handle(account, action, str(next(keys)))
        return reply, time.perf_counter() - began

    waits: list[float] = []

    async def others() -> None:
        while True:
            waits.append((await press(OTHER, ShowHelp()))[1])
            await asyncio.sleep(0.005)

    await press(OTHER, Begin())
    pressing = asyncio.create_task(others())
    await asyncio.sleep(IDLE)
    _say("nothing else", IDLE, waits)
    agree = await _agreed(press)
    waits.clear()
    _, took = await press(PAGE, agree)
    _say("merging", took, waits)
    offered, _ = await press(CHAT, Unlink())
    back = next(button.action for row in offered.rows for button in row if isinstance(button.action, Unmerge))
    waits.clear()
    _, took = await press(CHAT, back)
    _say("taking back", took, waits)
    pressing.cancel()
    await asyncio.gather(pressing, return_exceptions=True)
    await store.close()


async def _agreed(press) -> Action:  # type: ignore[no-untyped-def]
    """As far as the last yes."""
    offered, _ = await press(PAGE, Link())
    asked, _ = await press(CHAT, Link(code_of(offered.link.removeprefix("l_"))))
    agree: Action = asked.rows[0][0].action
    await press(CHAT, agree)
    return agree


async def _remember(store: Store, account: Account, seed: int) -> None:
    """A learner with a long log, and what follows from it."""
    chance, policy = random.Random(seed), Policy()
    learner = Learner(id=f"learner-{account.external}", created_at=START + seed, stage=Stage.DONE)
    known: dict[str, Progress] = {}
    entries: list[Reviewed] = []
    for number in range(REVIEWS):
        card, at = f"bench:c{number % CARDS}", START + number * APART + seed
        before, rating = known.get(card), Rating(chance.choice((1, 2, 3, 3, 3, 3, 4)))
        moment = Moment(at, 738_000 + (at - START) // DAY)
        known[card] = review(before, card, rating, moment, policy)
        entries.append(
            Reviewed(
                id=f"{at:012x}{seed}",
                at=at,
                study_day=moment.day,
                account=account,
                card=card,
                attempt=f"{account.external}{number}",
                rating=rating,
                took=5_000,
                mode=Mode.REVEAL,
                policy=policy.digest,
                phase=before.phase.value if before else "new",
            )
        )
    await _save(store, account, learner, Change(learner=learner))
    for first in range(0, REVIEWS, BATCH):
        await _save(store, account, learner, Change(entries=tuple(entries[first : first + BATCH])))
    await _save(store, account, learner, Change(progress=tuple(known.items()), days=fold_days(entries)))


async def _save(store: Store, account: Account, learner: Learner, change: Change) -> None:
    def decide(turn: Turn) -> Reply:
        if turn.learner(account) is None:
            turn.enrol(account, learner)
        turn.save(change, ())
        return DONE

    await store.run(account, "", decide)


def _say(what: str, took: float, waits: list[float]) -> None:
    worst = sorted(waits)
    middle, most = statistics.median(worst) * 1000, worst[-1] * 1000
    late = worst[int(len(worst) * 0.99)] * 1000
    print(f"{what:>14}: {took:6.1f} s; others waited {middle:6.1f} ms, 1 in 100 {late:6.1f} ms, at most {most:6.1f} ms")
