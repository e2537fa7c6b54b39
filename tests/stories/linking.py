"""Two sides of a link, as the stories tell it."""

from __future__ import annotations

from msgspec import Struct

from bot.core.actions import Link, Start, Unlink
from bot.core.fold import fold_days, fold_holds, fold_progress
from bot.core.link_model import code_of
from bot.core.model import Day, Hold, LogEntry
from bot.core.reply import Screen
from scheduler.model import Progress
from tests.stories.driver import Person, Story

NAMES = {"telegram": "@ann", "discord": "ann#7"}


async def arrives(story: Story, platform: str, external: str = "100200300") -> Person:
    """Somebody who opens Backfill there for the first time."""
    return await story.learner(platform, "local" if platform in ("web", "terminal") else external)


async def studies(person: Person, cards: int, rating: str = "Good") -> None:
    """A newcomer's first cards, the introduction behind them."""
    await person.presses(person.labels[0])
    await person.presses("10 min")
    await rates(person, cards, rating)


async def rates(person: Person, cards: int, rating: str = "Good") -> None:
    """Look and rate, past the question about the clock."""
    for _ in range(cards):
        if "Skip" in person.labels:
            await person.presses("Skip")
        if "No messages" in person.labels:
            await person.presses("No messages")
        if person.reply.screen is not Screen.QUESTION:
            await person.does(Start(extra=5))
        await person.presses("Show answer")
        await person.presses(rating)


async def fails(person: Person) -> None:
    """A card of any kind that did not come."""
    await person.presses("Not sure" if "Not sure" in person.labels else "Show answer")
    await person.presses("Again")


async def offers(person: Person) -> str:
    """/link: the code on the screen."""
    person.story.says(person.account.platform, "types /link")
    await person.does(Link(name=NAMES.get(person.account.platform, "")))
    return code_of(person.reply.link.removeprefix("l_"))


async def enters(person: Person, code: str) -> None:
    """/link with the other side's code."""
    person.story.says(person.account.platform, f"types /link {code}")
    await person.does(Link(code, NAMES.get(person.account.platform, "")))


async def links(maker: Person, taker: Person) -> None:
    """The whole way: a code, typed there, agreed to on both sides."""
    await enters(taker, await offers(maker))
    await taker.presses("Yes")
    await maker.presses("I entered")
    await maker.presses("Yes")


async def unlinks(person: Person) -> None:
    person.story.says(person.account.platform, "types /unlink")
    await person.does(Unlink())


class Memory(Struct, frozen=True):
    """What a learner knows, whole: to compare with before, and with what the log adds up to."""

    log: list[LogEntry]
    progress: dict[str, Progress]
    holds: dict[str, Hold]
    days: list[Day]

    @classmethod
    async def of(cls, person: Person) -> Memory:
        cards = sorted(person.story.library.current.cards)
        log = [entry for card in cards for entry in await person.log(card)]
        look = person.story.look
        holds = dict(await look(person.account, lambda turn: turn.holds(cards)))
        days = list(await look(person.account, lambda turn: turn.days(0, 10**6)))
        return cls(sorted(log, key=lambda entry: (entry.at, entry.id)), await person.progress(), holds, days)

    async def is_replayed(self, person: Person) -> bool:
        """Whether everything kept follows from the log."""
        names = sorted({getattr(entry, "policy", "") for entry in self.log} - {""})
        policies = await person.story.look(person.account, lambda turn: turn.policies(names))
        cards = sorted({getattr(entry, "card", "") for entry in self.log} - {""})
        folded = {card: fold_progress(self.log, policies, card) for card in cards}
        progress = {card: known for card, known in folded.items() if known is not None}
        return (self.progress, self.holds, self.days) == (
            progress,
            fold_holds(self.log),
            list(fold_days(self.log)),
        )
