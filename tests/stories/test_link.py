"""Stories of one learner on two surfaces: linking, merging, and going apart again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

import storage.link
from bot.core import link_words as words
from bot.core.actions import Agree, Begin, Link, Part, ShowLink, Start, Type, Unlink, Unmerge
from bot.core.link_model import TRIES, TRIES_OF_ALL, TYPED
from bot.core.model import Account
from bot.core.ports import Store, StoreError, Turn
from bot.core.reply import Reply, Screen
from bot.core.tutor import Tutor
from storage.check import check
from tests.stories.decks import KINDS, facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.linking import Memory, arrives, enters, fails, links, offers, rates, studies, unlinks

JOBS = {"jobs": facts("jobs", 12)}


async def two_learners(story: Story, cards: int = 3) -> tuple[Person, Person]:
    """A page that is a day older than the chat; both have learnt the first cards of the same deck."""
    page = await arrives(story, "web")
    await studies(page, cards, "Hard")
    story.passes(days=1)
    chat = await arrives(story, "telegram")
    await studies(chat, cards)
    return page, chat


def says_no(person: Person) -> bool:
    """Whether the code did not open anything, in the one sentence for every reason."""
    return words.NO_SUCH_CODE in [getattr(block, "text", "") for block in person.reply.body]


# --- linking -----------------------------------------------------------------------------------------------------


async def test_linking_reads_as_it_was_approved(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        story.transcript.clear()
        await links(page, chat)
        await chat.presses("Look again") if "Look again" in chat.labels else None
        await chat.drills()
        await unlinks(page)
        await page.presses("Unlink Telegram")
        await page.presses("Keep")
        await page.presses("Take the merge back")
        await chat.drills()
        helper = await arrives(story, "discord", "88")
        story.transcript.append("> and with an account that was never used")
        await links(page, helper)
        await unlinks(helper)
        await helper.presses("Unlink Discord")
        await helper.presses("Unlink")
        await helper.does(Begin())
        assert_kept("linking", story.transcript)


async def test_an_unused_account_joins_after_both_sides_agree(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        await studies(page, 3)
        before = await Memory.of(page)
        chat = await arrives(story, "telegram")
        await links(page, chat)
        assert await Memory.of(chat) == before
        await chat.drills()
        chat.sees("4 of 10")
        await unlinks(page)
        assert "Take the merge back" not in page.labels


async def test_the_used_side_is_kept_whoever_asks_and_whoever_is_older(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        chat = await arrives(story, "telegram")
        await studies(chat, 3)
        before = await Memory.of(chat)
        await links(page, chat)
        page.sees("Linked with Telegram (@ann, …0300)")
        assert await Memory.of(page) == before


async def test_a_drill_begun_in_telegram_goes_on_on_the_page(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        chat = await arrives(story, "telegram")
        await links(page, chat)
        await chat.does(Begin())
        await studies(chat, 2)
        chat.sees("3 of 10")
        await chat.presses("Show answer")
        await page.drills()
        page.sees("3 of 10")
        await chat.presses("Good")
        chat.sees("This session moved to the page.")
        await page.presses("Good")
        page.sees("4 of 10")
        await chat.presses("Continue here")
        chat.sees("4 of 10")
        assert len((await Memory.of(page)).log) == 3


async def test_a_code_is_typed_where_the_screen_asks_for_one(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        chat = await arrives(story, "telegram")
        code = await offers(chat)
        await offers(page)
        assert (page.reply.answers, page.reply.attempt) == (True, TYPED)
        await page.does(Type(f" {code[:4].lower()}-{code[4:].lower()} ", page.reply.attempt))
        page.sees("Link this account with Telegram (@ann, …0300)?")


async def test_a_deep_link_is_enough_to_begin_with(tmp_path: Path) -> None:
    """A stranger's first touch is the link itself."""
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        await studies(page, 1)
        await offers(page)
        chat = Person(story, Account("telegram", "100200300"))
        await enters(chat, page.reply.link.removeprefix("l_"))
        chat.sees("Link this account with the page on Backfill's computer?", "1 review of 1 card")
        await chat.presses("Yes")
        await page.presses("I entered")
        await page.presses("Yes")
        await chat.drills()
        chat.sees("2 of 10")


async def test_a_redelivered_agreement_gets_the_first_answer_again(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        await enters(page, await offers(chat))
        await page.presses("Yes")
        await chat.presses("I entered")
        linked = await chat.presses("Yes")
        before = await Memory.of(chat)
        assert await chat.presses_again(redelivered=True) == linked
        await chat.presses_again(redelivered=False)
        chat.sees("Linked with")
        assert await Memory.of(chat) == before


async def test_three_accounts_become_one_and_the_last_merge_is_taken_back_first(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        story.passes(hours=1)
        server = await arrives(story, "discord", "42")
        await studies(server, 2, "Easy")
        alone = await Memory.of(server)
        await links(chat, page)
        two = await Memory.of(chat)
        await links(server, chat)
        three = await Memory.of(page)
        assert len(three.log) == len(two.log) + len(alone.log)
        assert await three.is_replayed(server)
        await unlinks(page)
        await page.presses("Take the merge back")
        assert (await Memory.of(page), await Memory.of(server)) == (two, alone)


# --- sittings ----------------------------------------------------------------------------------------------------


async def test_of_two_open_sittings_the_latest_goes_on_and_no_label_lies(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        await chat.presses("Show answer")
        chat.sees("4 of 10", "Good 10m")
        late = chat.button("Good")
        await links(page, chat)
        await chat.does(late.action)
        chat.sees("That card is no longer open.")
        await chat.drills()
        chat.sees("4 of 10")
        await page.drills()
        page.sees("4 of 10")
        await rates(page, 1)
        page.sees("Five cards done.") if "Skip" in page.labels else page.sees("5 of 10")
        assert await (await Memory.of(page)).is_replayed(page)


async def test_a_card_that_the_other_side_knows_is_not_asked_as_a_new_one(tmp_path: Path) -> None:
    """A choice on screen as new must not graduate a card that the merged log knows."""
    async with Story(tmp_path, {"kinds": KINDS}) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        for person in (page, chat):
            await person.presses(person.labels[0])
            await person.presses("10 min")
            await fails(person)
            known = person.reply.body  # the second card of both
            if person is page:
                await fails(page)
        late = chat.button("Not sure" if "Not sure" in chat.labels else "Show answer")
        await links(page, chat)
        await chat.does(late.action)
        chat.sees("That card is no longer open.")
        await chat.drills()
        assert chat.reply.screen is Screen.QUESTION
        assert chat.reply.body[1] == known[1]
        attempt, _ = await story.look(chat.account, lambda turn: turn.attempt(chat.reply.attempt)) or (None, None)
        assert attempt is not None
        assert not attempt.new


async def test_turns_after_a_merge_come_after_every_earlier_one(tmp_path: Path) -> None:
    """However the clock is set back."""
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        await links(page, chat)
        before = (await Memory.of(page)).log[-1]
        story.passes(days=-3)
        await page.drills()
        await rates(page, 1)
        assert (await Memory.of(page)).log[-1].at > before.at


# --- merging and taking back -------------------------------------------------------------------------------------


async def test_two_histories_become_one_and_part_again(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story, 7)
        one, other = await Memory.of(page), await Memory.of(chat)
        await links(page, chat)
        both = await Memory.of(page)
        assert both == await Memory.of(chat)
        assert both.log == sorted(one.log + other.log, key=lambda entry: (entry.at, entry.id))
        assert await both.is_replayed(page)
        assert both.progress != one.progress
        await unlinks(chat)
        await chat.presses("Take the merge back")
        assert (await Memory.of(page), await Memory.of(chat)) == (one, other)
        await chat.drills()
        chat.sees("8 of 10")


async def test_holds_flags_and_practice_come_along(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story, 2)
        await chat.presses("More")
        await chat.presses("Report")
        await chat.presses("It is unclear")
        await chat.presses("More")
        await chat.presses("Never")
        await page.does(Start(cram=True))
        await page.presses("Show answer")
        await page.presses("Good")
        one, other = await Memory.of(page), await Memory.of(chat)
        await links(chat, page)
        both = await Memory.of(page)
        assert {type(entry).__name__ for entry in both.log} == {"Reviewed", "Practised", "Flagged", "HoldSet"}
        assert both.holds == other.holds != {}
        assert await both.is_replayed(page)
        await unlinks(page)
        await page.presses("Take the merge back")
        assert (await Memory.of(page), await Memory.of(chat)) == (one, other)


async def test_what_was_answered_since_the_merge_stays_with_whoever_is_kept(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        one, other = await Memory.of(page), await Memory.of(chat)
        await links(page, chat)
        await chat.drills()
        await rates(chat, 2)
        since = (await Memory.of(chat)).log[-2:]
        await unlinks(page)
        page.sees("what was answered anywhere since stays here")
        await page.presses("Take the merge back")
        assert await Memory.of(chat) == other
        left = await Memory.of(page)
        assert left.log == one.log + since
        assert await left.is_replayed(page)


async def test_the_card_on_screen_in_the_younger_waits_through_a_merge_taken_back(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        await chat.presses("Show answer")
        good = chat.button("Good")
        await links(page, chat)
        await unlinks(page)
        await page.presses("Take the merge back")
        await chat.does(good.action)
        chat.sees("Good. Back in 10 minutes.", "5 of 10")


async def test_a_merge_is_taken_back_within_a_day_only(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        await links(page, chat)
        await unlinks(page)
        late = page.button("Take the merge back")
        both = await Memory.of(page)
        story.passes(hours=24)
        await page.does(late.action)
        page.sees(words.TOO_LATE)
        assert await Memory.of(chat) == both
        await unlinks(page)
        assert "Take the merge back" not in page.labels


async def test_a_merge_is_taken_back_once(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        await links(page, chat)
        await unlinks(page)
        await page.presses("Take the merge back")
        one, other = await Memory.of(page), await Memory.of(chat)
        for person in (page, chat):
            await person.does(Unmerge("0" * 32))
            person.sees(words.NO_MERGE)
        await page.presses_again(redelivered=False)
        assert (await Memory.of(page), await Memory.of(chat)) == (one, other)
        await links(chat, page)
        assert len((await Memory.of(page)).log) == len(one.log) + len(other.log)


class Cut:
    """A store that lets so many turns through; then the process is gone."""

    def __init__(self, store: Store, turns: int) -> None:
        self._store = store
        self._left = turns

    async def run(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        self._left -= 1
        if self._left < 0:
            raise StoreError("gone")
        return await self._store.run(account, key, decide)

    async def close(self) -> None:
        await self._store.close()


@pytest.mark.parametrize("turns", range(1, 5))
@pytest.mark.parametrize("back", [False, True], ids=["merging", "taking back"])
async def test_a_merge_cut_short_is_carried_out_before_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: int, back: bool
) -> None:
    monkeypatch.setattr(storage.link, "ENTRIES_AT_ONCE", 1)
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        one, other = await Memory.of(page), await Memory.of(chat)
        await enters(chat, await offers(page))
        await chat.presses("Yes")
        await page.presses("I entered")
        if back:
            await page.presses("Yes")
            await unlinks(page)
        last = page.button("Take the merge back" if back else "Yes").action
        dying = Tutor(Cut(story.store, turns), lambda: story.library.current, lambda: story.now, chance=story.chance)
        with pytest.raises(StoreError, match="gone"):
            await dying.handle(page.account, last, "dying")
        assert check(story.database) == []
        await story.restart()
        await page.does(last, key="dying")
        page.sees("Taken back" if back else "Linked with")
        await page.does(Begin())
        mine, theirs = await Memory.of(page), await Memory.of(chat)
        assert (mine, theirs) == (one, other) if back else mine == theirs
        assert len(mine.log) == len(one.log) + (0 if back else len(other.log))
        assert await mine.is_replayed(page)


# --- codes -------------------------------------------------------------------------------------------------------


async def test_wrong_expired_and_used_codes_are_told_alike(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat, thief = [await arrives(story, platform) for platform in ("web", "telegram", "discord")]
        code = await offers(page)
        await enters(chat, "00000000")
        assert says_no(chat)
        await enters(chat, "no code at all")
        assert says_no(chat)
        story.passes(minutes=10)
        await enters(chat, code)
        assert says_no(chat)
        code = await offers(page)
        await enters(chat, code)
        await enters(thief, code)
        assert says_no(thief)
        await chat.presses("Yes")
        await page.does(Link())
        await page.presses("Yes")
        await enters(thief, code)
        assert says_no(thief)


async def test_a_new_code_ends_the_one_before(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        first = await offers(page)
        second = await offers(page)
        await enters(chat, first)
        assert says_no(chat)
        await enters(chat, second)
        assert "Yes, link them" in chat.labels


async def test_guessing_is_stopped_by_account_and_over_all(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        guesser = await arrives(story, "telegram", "666")
        for _ in range(TRIES):
            await enters(guesser, "00000000")
            assert says_no(guesser)
        code = await offers(page)
        await enters(guesser, code)
        guesser.sees(words.TOO_MANY_TRIES)
        for number in range(TRIES_OF_ALL - TRIES):
            another = await arrives(story, "telegram", f"666{number}")
            await enters(another, "00000000")
        chat = await arrives(story, "telegram")
        await enters(chat, code)
        chat.sees(words.TOO_MANY_TRIES)
        await enters(chat, page.reply.link.removeprefix("l_"))
        assert "Yes, link them" in chat.labels, "128 bits cannot be guessed, so a link still opens"
        story.passes(hours=1)
        await enters(guesser, await offers(page))
        assert "Yes, link them" in guesser.labels


async def test_a_code_of_anybody_else_links_nothing_without_their_yes(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann = await arrives(story, "telegram", "1001")
        await studies(ann, 3)
        before = await Memory.of(ann)
        thief = await arrives(story, "discord", "666")
        await enters(thief, await offers(ann))
        await thief.presses("Yes")
        thief.sees("The same question waits on Telegram (@ann, …1001)")
        await thief.presses("Look again")
        assert "Yes, link them" not in thief.labels
        await thief.does(thief_presses_anns_yes := Agree(thief.button("Look again").action.offer))  # type: ignore[union-attr]
        assert (await Memory.of(thief)).log == []
        await ann.does(Link())
        ann.sees("Link this account with Discord (ann#7, …666)?", "Say yes only if both are yours")
        await ann.presses("No")
        ann.sees("Nothing was linked.")
        await thief.does(thief_presses_anns_yes)
        thief.sees(words.NOT_OPEN)
        assert await Memory.of(ann) == before


async def test_nobody_else_can_press_the_buttons_of_a_link(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat, thief = [await arrives(story, platform) for platform in ("web", "telegram", "discord")]
        await enters(chat, await offers(page))
        asked = chat.reply
        for row in asked.rows:
            for button in row:
                await thief.does(button.action)
                thief.sees(words.NOT_OPEN)
        await chat.presses("Yes")
        chat.sees("The same question waits on")
        await thief.does(ShowLink(chat.button("Look").action.offer))  # type: ignore[union-attr]
        thief.sees(words.NOT_OPEN)


async def test_an_old_question_cannot_agree_to_a_later_offer(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat, thief = [await arrives(story, platform) for platform in ("web", "telegram", "discord")]
        await enters(chat, await offers(page))
        await chat.presses("Yes")
        await page.presses("I entered")
        old = page.button("Yes").action
        await page.presses("No")
        await enters(thief, await offers(page))
        await thief.presses("Yes")
        await page.does(old)
        page.sees(words.NOT_OPEN)
        await page.does(Link())
        page.sees("Link this account with Discord")


async def test_the_side_that_shows_a_code_cannot_use_it(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        await enters(page, await offers(page))
        page.sees(words.OWN_CODE)


async def test_accounts_that_are_one_already_say_so(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, terminal = await arrives(story, "web"), await arrives(story, "terminal")
        await enters(terminal, await offers(page))
        terminal.sees(words.ONE_ALREADY)


async def test_both_sides_press_at_once(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        code, other = await offers(page), await offers(chat)
        await enters(chat, code)
        await enters(page, other)
        await asyncio.gather(chat.presses("Yes"), page.presses("Yes"))
        await asyncio.gather(page.does(Link()), chat.does(Link()))
        await asyncio.gather(page.presses("Yes"), chat.presses("Yes"))
        both = await Memory.of(page)
        assert both == await Memory.of(chat)
        assert len(both.log) == 6


# --- unlinking ---------------------------------------------------------------------------------------------------


async def test_an_unlinked_account_starts_afresh_and_may_come_back(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await two_learners(story)
        await links(page, chat)
        both = await Memory.of(page)
        await chat.drills()
        await unlinks(page)
        await page.presses("Unlink Telegram")
        page.sees("It starts afresh", "stays with the page on Backfill's computer")
        await page.presses("Unlink")
        assert await Memory.of(page) == both
        assert (await Memory.of(chat)).log == []
        await chat.does(Begin())
        chat.sees("What are you working towards?")
        await page.drills()
        page.sees("4 of 10")
        await links(page, chat)
        assert await Memory.of(chat) == both


async def test_the_only_account_cannot_be_unlinked(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        await links(page, chat)
        await unlinks(page)
        go = page.button("Unlink Telegram").action
        assert isinstance(go, Unlink)
        await page.does(Part(go.account))
        await page.does(Part(go.account))
        page.sees(words.ONLY_ACCOUNT)
        await chat.does(Part(go.account))
        chat.sees(words.ONLY_ACCOUNT)


async def test_another_learners_account_cannot_be_unlinked(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        await links(page, chat)
        await unlinks(page)
        thief, friend = await arrives(story, "discord", "1"), await arrives(story, "discord", "2")
        await links(thief, friend)
        await thief.does(Part(page.button("Unlink Telegram").action.account))  # type: ignore[union-attr]
        thief.sees(words.NOT_LINKED)
        await unlinks(page)
        page.sees("Telegram (…0300)")
