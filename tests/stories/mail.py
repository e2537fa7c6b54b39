"""Messages in a story: a carrier that shows them on somebody's screen, and time that passes with a worker."""

from __future__ import annotations

from bot.core.clock import wall_time
from bot.core.model import Learner
from bot.core.reminder_model import Delivery, Letter, Reminders, Sent
from bot.core.reply import Reply
from bot.rounds import Rounds
from tests.stories.driver import MINUTE, Person, Story, assert_fits

STEP = 15 * MINUTE


class Mail:
    """Delivers to one person. `answers` are given to the next letters instead of delivering them."""

    repeats = False
    at_once = 1

    def __init__(self, person: Person) -> None:
        self.person = person
        self.letters: list[Letter] = []  # delivered
        self.refused: list[Letter] = []
        self.answers: list[Delivery] = []
        self.repeats = person.account.platform == "discord"

    @property
    def story(self) -> Story:
        return self.person.story

    async def deliver(self, letter: Letter, channel: str, reply: Reply) -> Delivery:
        assert letter.external == self.person.account.external
        if self.answers:
            self.refused.append(letter)
            return self.answers.pop(0)
        self.letters.append(letter)
        self.person.reply = reply
        wall = wall_time(self.story.now, "Europe/Berlin")
        self.story.says("a message arrives", f"on {wall:%a %d %b} at {wall:%H:%M}")
        self.story.shows(self.person.screen)
        assert_fits(reply)
        return Sent()

    async def passes(self, *, hours: float = 0, days: float = 0) -> int:
        """Time goes by, and with it whatever is due; how many messages came."""
        before, story = len(self.letters), self.story
        until = story.now + round((hours + 24 * days) * 60) * MINUTE
        while story.now < until:
            story.now = min(until, story.now + STEP)
            await self.rounds().once()
        return len(self.letters) - before

    async def comes(self, *, within: float = 40) -> Letter:
        """Time goes by until a letter arrives or is refused, at most so many days."""
        before, until = (len(self.letters), len(self.refused)), self.story.now + round(within * 1440) * MINUTE
        while (len(self.letters), len(self.refused)) == before:
            assert self.story.now < until, "no message came"
            await self.passes(hours=0.25)
        return (self.letters if len(self.letters) > before[0] else self.refused)[-1]

    def rounds(self) -> Rounds:
        """A worker on this process's store."""
        return Rounds(self.story.post, {self.person.account.platform: self}, lambda: self.story.now)

    async def settled(self) -> Reminders:
        """What is settled about reminders now."""
        found = await self.story.look(self.person.account, lambda turn: turn.reminders())
        assert found is not None
        return found

    async def learner(self) -> Learner:
        found = await self.story.look(self.person.account, lambda turn: turn.learner(self.person.account))
        assert found is not None
        return found
