"""One learner in Telegram and in Discord: linked by a code, drilling on where they left off."""

from __future__ import annotations

from bot.core.actions import Action, Link, Start, Type
from bot.core.link_model import code_of
from bot.core.model import Account
from bot.core.reply import Reply

from .backfill import DAY, Backfill
from .people import Person
from .transcript import assert_kept


class Telegram:
    """The same person in Telegram: what the tutor shows there, without the adapter."""

    def __init__(self, running: Backfill, story: list[str]) -> None:
        self._running = running
        self._story = story
        self._key = 0
        self.reply: Reply | None = None
        self.said = ""

    async def does(self, action: Action) -> Reply:
        self._key += 1
        self._running.clock.forward(8000)
        self.reply = await self._running.tutor.handle(Account("telegram", "100200300"), action, str(self._key))
        said = [block.text for block in self.reply.body if hasattr(block, "text")]
        labels = [f"[{button.label}]" for row in self.reply.rows for button in row]
        toast = [f"(toast) {self.reply.toast}"] * bool(self.reply.toast)
        self.said = "\n".join(said)
        self._story.append("in Telegram:\n" + "\n".join([*toast, *said, " ".join(labels)]))
        return self.reply

    async def presses(self, label: str) -> Reply:
        assert self.reply is not None
        buttons = [button for row in self.reply.rows for button in row]
        return await self.does(next(button.action for button in buttons if button.label.startswith(label)))

    async def rates(self, *labels: str) -> None:
        for label in labels:
            await self.presses("Show answer")
            await self.presses(label)


async def begun(running: Backfill, story: list[str]) -> Telegram:
    there = Telegram(running, story)
    await there.does(Start())
    await there.presses("Dimensional modelling")
    await there.presses("20 min")
    await there.rates("Good", "Again")
    return there


async def linked(person: Person, there: Telegram) -> None:
    """The code is shown in Telegram, typed in Discord, and both sides agree."""
    reply = await there.does(Link(name="@ann"))
    await person.commands("link", code=code_of(reply.link.removeprefix("l_")))
    await person.presses("Yes")
    await there.presses("I entered")
    await there.presses("Yes")


async def test_a_drill_moves_from_telegram_to_discord_in_mid_session(running: Backfill) -> None:
    ann = Person(running, "Ann")
    there = await begun(running, ann.story)
    last = there.reply
    await linked(ann, there)
    await ann.commands("drill")
    assert "job 3" in ann.screen, "the card that was open in Telegram"
    await ann.presses("Show answer")
    await ann.presses("Good")
    assert "job 4" in ann.screen
    there.reply = last
    late = await there.presses("Show answer")
    assert [getattr(block, "text", "") for block in late.body] == ["This session moved to Discord."]
    await there.presses("Continue here")
    assert "job 4" in ann.story[-1], "and back again, at the same card"
    assert_kept("moved-from-telegram", ann.story)


async def test_two_histories_become_one(running: Backfill) -> None:
    """Ann has drilled in both places before she links them."""
    ann = Person(running, "Ann")
    there = await begun(running, [])
    await ann.commands("drill", deck="kinds")
    await ann.presses("20 min")
    for _ in range(2):
        await ann.presses("Not sure" if "Not sure" in ann.buttons else "Show answer")
        await ann.presses("Again")
    await linked(ann, there)
    running.clock.forward(DAY)
    await ann.commands("stats")
    assert "4 reviews" in ann.screen
    assert_kept("two-histories", ann.story[-8:])


async def test_a_code_from_here_is_typed_there(running: Backfill) -> None:
    ann = Person(running, "Ann")
    there = Telegram(running, [])
    await ann.commands("link")
    code = next(part for part in ann.screen.split("**") if len(part) == 9 and part[4] == "-")
    await there.does(Link(code, "@ann"))
    await there.presses("Yes")
    await ann.presses("I entered it there")
    assert r"Telegram (\@ann, …0300)" in ann.screen
    await ann.presses("Yes")
    assert "linked" in ann.screen.casefold()


async def test_a_code_may_be_written_into_the_form_or_the_chat(running: Backfill) -> None:
    ann = Person(running, "Ann")
    there = Telegram(running, [])
    code = code_of((await there.does(Link(name="@ann"))).link.removeprefix("l_"))
    await ann.commands("link")
    await ann.writes("AAAA-AAAA", pen="Type a code")
    assert "That code does not open anything" in ann.screen
    assert "You had typed" not in ann.screen
    await ann.says(code)
    assert r"Telegram (\@ann, …0300)" in ann.screen
    await ann.presses("Yes")
    await there.presses("I entered")
    assert "Discord (@" in there.said, "whoever typed it is named all the same"
    assert not any(isinstance(action, Type) and action.attempt == "" for _, action in running.calls)


async def test_an_account_may_go_its_own_way(running: Backfill) -> None:
    ann = Person(running, "Ann")
    await linked(ann, await begun(running, []))
    await ann.commands("unlink")
    assert "this Discord account" in ann.screen
    await ann.presses("Unlink Discord")
    await ann.presses("Unlink")
    await ann.commands("unlink")
    assert "Nothing is linked to this account." in ann.screen
