"""Whole updates through the real adapter and tutor: late, foreign, repeated and broken ones, and what is said then."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.actions import Rate, Type
from bot.core.ports import StoreError
from bot.telegram import intake, send, words
from bot.telegram.app import TokenRefused
from decks.model import Catalogue
from tests.stories.decks import KINDS, facts

from .backfill import MINUTE, Backfill, backfill, catalogue
from .server import Answer, BotApiServer, LostAfter, LostBefore, SlowAfter, flood, refusals, repeated


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    (folder / "jobs.md").write_text(facts("jobs", 12))
    (folder / "kinds.md").write_text(KINDS)
    (folder / "track.md").write_text("---\ntrack: all\ntitle: All of it\ngoal: Know.\ndecks: jobs, kinds\n---\n")
    return catalogue(folder)


@pytest.fixture
async def running(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Backfill]:
    async with backfill(server, tmp_path, decks) as made:
        yield made
        assert server.unanswered == []
        assert server.lost_formatting == []


async def first_card(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await ann.says("/start d_jobs")
    await ann.presses("10 min")
    assert "Show answer" in ann.buttons


# --- presses -----------------------------------------------------------------------------------------------------


async def test_a_late_press_is_explained_and_the_card_stays_where_it_is(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    card = ann.messages[-1]
    await ann.presses("Show answer")
    await ann.presses("Good 10m")
    await ann.says("/drill")
    assert len(ann.messages) == 2
    assert ann.messages[0].keyboard == [], "the card stands below now"
    below = ann.messages[1].shown()
    await ann.presses("Good 10m", on=card)
    assert ann.toasts[-1] == "Already rated Good. The current card is below."
    assert ann.messages[1].shown() == below
    assert len(ann.messages) == 2


async def test_a_double_tap_counts_once(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.presses("Show answer")
    card = ann.messages[-1]
    ann.press("Good 10m")
    await ann.presses("Good 10m", on=card)
    assert ann.toasts == ["Good. Back in 10 minutes.", "Already rated Good. The current card is below."]
    assert "2 of 10" in ann.screen


async def test_a_press_of_before_a_restart_works(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await running.stop()
    ann.press("Show answer")
    await running.start()
    await running.server.idle()
    await ann.presses("Good 10m")
    assert "2 of 10" in ann.screen


async def test_somebody_elses_card_does_nothing(running: Backfill) -> None:
    await first_card(running)
    ann, eve = running.server.user(1, "Ann"), running.server.user(2, "Eve")
    await ann.presses("Show answer")
    before = ann.screen
    data = next(button["callback_data"] for button in ann.messages[-1].buttons if button["text"] == "Good 10m")
    await eve.says("/start d_jobs")
    await eve.presses("10 min")
    eve.tap(data, eve.messages[-1])
    await running.server.idle()
    assert eve.toasts[-1] == "That button belongs to a card that is not open for you. Here is where you are."
    assert ann.screen == before
    assert "1 of 10" in eve.screen


@pytest.mark.parametrize("data", ["r.x.9", "nonsense", "!", "r..3", "v." + "9" * 62, "y.text."])
async def test_a_forged_payload_is_explained(running: Backfill, data: str) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    before = ann.messages[-1].keyboard
    ann.tap(data, ann.messages[-1])
    await running.server.idle()
    assert ann.messages[-1].keyboard == before
    assert "1 of 10" in ann.screen
    assert len(ann.toasts) == 1, "and says why nothing happened"


async def test_a_press_in_a_group_is_nobodys_card(running: Backfill) -> None:
    await first_card(running)
    ann, group = running.server.user(1, "Ann"), running.server.supergroup(-1_000_000_000_005, "Study")
    await ann.says("/drill", group)
    ann.tap("q", group.messages[-1])
    await running.server.idle()
    assert ann.toasts[-1] == words.NOT_YOUR_CARD
    assert running.server.called("answerCallbackQuery")[-1].params["show_alert"] is True


async def test_a_press_on_a_message_that_is_gone_is_answered_below(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    card = ann.messages[-1]
    ann.deletes(card)
    await ann.presses("Show answer", on=card)
    assert ann.buttons[:2] == ["Again 1m", "Hard 6m"]


async def test_a_message_that_goes_while_it_is_redrawn_is_sent_afresh(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    card = ann.messages[-1]
    ann.press("Show answer")
    ann.deletes(card)
    await running.server.idle()
    assert [call.status for call in running.server.called("editMessageText")][-1] == 400
    assert ann.buttons[:2] == ["Again 1m", "Hard 6m"]


async def test_a_screen_that_did_not_change_is_no_failure(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.presses("More")
    await ann.presses("Back")
    ann.tap("!", ann.messages[-1])
    await running.server.idle()
    assert [call.description for call in running.server.called("editMessageText")][-1].startswith(
        "Bad Request: message is not modified"
    )
    assert len(ann.messages) == 1


async def test_an_answer_that_comes_too_late_is_no_failure(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.presses("Show answer")
    ann.press("Good 10m")
    running.server.expire_queries()
    await running.server.idle()
    assert running.server.called("answerCallbackQuery")[-1].status == 400
    assert "2 of 10" in ann.screen


# --- messages ----------------------------------------------------------------------------------------------------


async def test_typed_text_answers_the_card_below_it(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.says("no idea <b>&amp;")
    assert "no idea <b>&amp;" in ann.messages[-1].text
    assert ann.messages[0].keyboard == []
    assert ann.buttons[0] == "Again 1m"


async def test_an_edited_answer_is_not_judged_again(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    said = ann.write("no idea")
    await running.server.idle()
    before = ann.messages[-1].shown()
    await ann.edits(said, "another idea")
    assert ann.messages[-1].shown() == before
    assert [call.text for call in running.calls if isinstance(call, Type)] == ["no idea"]


async def test_more_text_than_is_read_is_said(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.says("word " * 800)
    assert ann.messages[-1].text.startswith("Only the first 500 characters were read.")


async def test_what_happened_is_told_above_when_there_is_no_toast(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.presses("Show answer")
    await ann.says("one more thought")
    assert ann.messages[-1].text.startswith("This card is answered already: how did it come?")


async def test_a_sticker_or_an_unknown_command_is_met_kindly(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    message = running.server.post(ann.chat, ann.account, body={"dice": {"emoji": "x", "value": 1}})
    running.server.updates.put("message", message.as_json())
    await running.server.idle()
    assert ann.messages[-1].text == words.ONLY_TEXT
    await ann.says("/dril")
    assert ann.messages[-1].text.startswith("I do not know that command.")
    assert "/drill asks what is due" in ann.messages[-1].text
    await ann.says("/help")
    assert ann.messages[-1].text.startswith("/drill asks what is due")
    assert not [call for call in running.calls if isinstance(call, Type)]


@pytest.mark.parametrize("name", [name for name, _ in words.COMMANDS])
async def test_every_command_of_the_menu_answers(running: Backfill, name: str) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    for text in (f"/{name}", f"/{name}@backfill_bot", f"/{name.upper()} x y"):
        before = len(ann.messages)
        await ann.says(text)
        assert len(ann.messages) > before


@pytest.mark.parametrize(("link", "title"), [("t_all", "All of it"), ("d_kinds", "Every kind")])
async def test_a_link_starts_a_deck_or_a_track(running: Backfill, link: str, title: str) -> None:
    ann, ben = running.server.user(1, "Ann"), running.server.user(2, "Ben")
    await ann.says(f"/start {link}")
    assert ann.messages[-1].text.startswith(title), "a newcomer is asked how much first"
    await first_card(running)
    await ann.presses("More")
    await ann.presses("Stop")
    await ann.says(f"/start {link}")
    assert "1 of" in ann.messages[-1].text
    await ben.says("/start t_nothing-like-it")
    assert "What are you working towards?" in ben.messages[-1].text
    await ben.says("/start ../../etc")
    assert "What are you working towards?" in ben.messages[-1].text


async def test_a_location_offers_the_zones_nearby(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.shares_location(52.5, 13.4)
    assert ann.buttons[:2] == ["Berlin", "Prague"]
    await ann.presses("Berlin")
    assert ann.toasts[-1] == "Your study day follows Berlin."


async def test_a_group_is_pointed_to_the_private_chat_once_a_minute(running: Backfill) -> None:
    ann, group = running.server.user(1, "Ann"), running.server.group(-5, "Study")
    for _ in range(3):
        await ann.says("/drill@backfill_bot", group)
    assert [message.text for message in group.messages] == [words.IN_PRIVATE]
    assert group.messages[0].buttons[0]["url"] == "https://t.me/backfill_bot?start=group"
    running.clock.forward(2 * MINUTE)
    await ann.says("/drill", group)
    assert len(group.messages) == 2
    assert running.calls == []


# --- trouble -----------------------------------------------------------------------------------------------------


async def test_a_database_failure_is_said_once_and_tried_until_it_is_saved(
    running: Backfill, monkeypatch: pytest.MonkeyPatch
) -> None:
    await first_card(running)
    monkeypatch.setattr(intake, "_pauses", lambda: iter([0.01] * 100))
    ann = running.server.user(1, "Ann")
    await ann.presses("Show answer")
    running.faults += [StoreError("The disk is full."), StoreError("The disk is full."), StoreError("still")]
    await ann.presses("Good 10m")
    assert ann.toasts == [words.CANNOT_SAVE]
    assert "2 of 10" in ann.screen
    assert len([call for call in running.calls if isinstance(call, Rate)]) == 1
    running.faults += [StoreError("no"), StoreError("no")]
    await ann.says("an answer")
    assert [message.text for message in ann.messages].count(words.CANNOT_SAVE) == 1
    assert "2 of 10" in ann.messages[-1].text


async def test_nothing_is_confirmed_while_it_is_not_saved(running: Backfill, monkeypatch: pytest.MonkeyPatch) -> None:
    await first_card(running)
    monkeypatch.setattr(intake, "FINISHING", 0.05)
    ann = running.server.user(1, "Ann")
    running.faults += [StoreError("down")] * 50
    ann.press("Show answer")
    with pytest.raises(AssertionError, match="not idle"):
        await running.server.idle(within=0.3)
    await running.stop()
    assert len(running.server.updates.waiting) == 1
    running.faults.clear()
    await running.start()
    await running.server.idle()
    assert ann.buttons[0] == "Again 1m"


async def test_what_cannot_be_saved_while_others_can_is_let_go_after_ten_minutes(
    running: Backfill, monkeypatch: pytest.MonkeyPatch
) -> None:
    await first_card(running)
    monkeypatch.setattr(intake, "_pauses", lambda: iter([0.01] * 1000))
    ann, ben = running.server.user(1, "Ann"), running.server.user(2, "Ben")
    running.damaged.add("1")
    ann.press("Show answer")
    async with asyncio.timeout(10):
        while not ann.toasts:  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.01)
        running.clock.forward(MINUTE)
        ben.write("/start d_jobs")
        while "How much" not in ben.screen:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert len(running.server.updates.waiting) >= 1, "nothing is let go yet"
    running.clock.forward(10 * MINUTE)
    await running.server.idle()
    assert ann.messages[-1].text == words.GIVEN_UP
    assert running.server.updates.waiting == []


async def test_a_bug_is_told_with_a_reference_and_settled(
    running: Backfill, capsys: pytest.CaptureFixture[str]
) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    before = ann.screen
    running.faults.append(RuntimeError("secret detail"))
    await ann.presses("Show answer")
    assert ann.toasts[-1].startswith("Something went wrong here; your progress is safe. Reference ")
    assert "secret detail" not in ann.toasts[-1]
    assert ann.toasts[-1].split()[-1].rstrip(".") in capsys.readouterr().out
    assert ann.screen == before
    running.faults.append(RuntimeError("again"))
    await ann.says("an answer")
    assert "your progress is safe" in ann.messages[-1].text
    assert running.server.updates.waiting == []


async def test_a_blocked_bot_sends_nothing_more_until_somebody_writes(running: Backfill) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    ann.press("Show answer")
    ann.deactivates()
    await running.server.idle()
    refused = [call for call in running.server.calls if call.status == 403]
    assert len(refused) == 1
    ann.tap("!", ann.messages[-1])
    await running.server.idle()
    assert [call for call in running.server.calls if call.status == 403] == refused
    running.server.expire_queries()
    await ann.unblocks()
    await ann.says("/drill")
    assert ann.buttons[0] == "Again 1m"


async def test_a_flooded_chat_waits_and_others_do_not(running: Backfill) -> None:
    await first_card(running)
    ann, ben = running.server.user(1, "Ann"), running.server.user(2, "Ben")
    running.server.faults.plan(flood(1), "editMessageText", chat_id=1)
    ann.press("Show answer")
    for _ in range(4):
        ann.tap("!", ann.messages[-1])
    ben.write("/start d_jobs")
    await running.server.idle()
    assert "How much" in ben.screen
    assert ann.buttons[0] == "Again 1m"
    edits = [call.status for call in running.server.called("editMessageText")]
    assert edits.count(429) == 1
    assert edits[edits.index(429) :] == [429, 200, 400], "of the redraws that waited only the last was made"
    assert len(running.server.called("answerCallbackQuery")) == 6


async def test_an_edit_whose_answer_is_lost_is_repeated(running: Backfill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "PAUSES", (0.01, 0.01))
    await first_card(running)
    ann = running.server.user(1, "Ann")
    running.server.faults.plan(LostBefore(), "editMessageText", times=2)
    await ann.presses("Show answer")
    assert ann.buttons[0] == "Again 1m"
    running.server.faults.plan(LostAfter(), "editMessageText")
    await ann.presses("Good 10m")
    assert "2 of 10" in ann.screen
    assert running.server.faults.hits == {"LostBefore": 2, "LostAfter": 1}


@pytest.mark.parametrize("fault", [LostAfter(), LostBefore(), SlowAfter(0.3)], ids=repr)
async def test_a_card_that_may_have_been_sent_is_not_sent_again(running: Backfill, fault: LostAfter) -> None:
    await first_card(running)
    ann = running.server.user(1, "Ann")
    running.server.faults.plan(fault, "sendMessage")
    await ann.says("no idea")
    assert len(running.server.called("sendMessage")) <= 3
    assert sum("no idea" in message.text for message in ann.messages) <= 1
    await ann.says("/drill")
    assert ann.buttons[0] == "Again 1m", "the next command shows where one is"


async def test_everything_delivered_twice_is_done_once(running: Backfill) -> None:
    running.server.updates.arrange = repeated(3)
    await first_card(running)
    ann = running.server.user(1, "Ann")
    await ann.presses("Show answer")
    await ann.presses("Good 10m")
    running.server.updates.again(4)
    await running.server.idle()
    assert "2 of 10" in ann.screen
    assert ann.toasts == ["Good. Back in 10 minutes."]


# --- after an outage ---------------------------------------------------------------------------------------------


async def test_after_an_outage_each_chat_gets_one_message(running: Backfill) -> None:
    await first_card(running)
    ann, ben = running.server.user(1, "Ann"), running.server.user(2, "Ben")
    await ben.says("/start d_jobs")
    await running.stop()
    for number in range(250):
        ann.write("an answer" if number == 100 else "/drill")
        ben.write("/help")
    running.clock.forward(30 * MINUTE)
    sent = len(running.server.called("sendMessage"))
    await running.start()
    await running.server.idle(within=30)
    assert len(running.server.called("sendMessage")) == sent + 2
    assert ann.buttons[0] == "Again 1m", "what was typed meanwhile counts"
    await ann.says("/help")
    assert len(running.server.called("sendMessage")) == sent + 3


# --- the start ---------------------------------------------------------------------------------------------------


async def test_the_profile_is_written_once(running: Backfill) -> None:
    await running.server.idle()
    written = [call.method for call in running.server.calls if call.method.startswith("setMy")]
    assert written == ["setMyCommands", "setMyCommands", "setMyDescription", "setMyShortDescription"]
    await running.stop()
    await running.start()
    await running.server.idle()
    assert [call.method for call in running.server.calls if call.method.startswith("setMy")] == written


async def test_a_webhook_left_behind_does_not_stop_polling(
    server: BotApiServer, tmp_path: Path, decks: Catalogue
) -> None:
    server.webhook = "https://example.org/hook"
    async with backfill(server, tmp_path, decks):
        ann = server.user(1, "Ann")
        await ann.says("/start")
        assert "What are you working towards?" in ann.screen


async def test_a_wrong_token_is_one_clear_sentence(running: Backfill) -> None:
    with pytest.raises(TokenRefused, match="Copy it from @BotFather"):
        await running.serve("7000000002:AAWrong")


async def test_a_token_that_turns_out_wrong_later_ends_the_process(
    server: BotApiServer, tmp_path: Path, decks: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.app.CONNECT_EVERY", 0.01)
    server.faults.plan(LostBefore(), "getMe")
    server.faults.plan(Answer(refusals.unauthorized), "getMe")
    async with backfill(server, tmp_path, decks) as running, asyncio.timeout(5):
        with pytest.raises(TokenRefused):
            await running.ending


async def test_without_a_network_serving_begins_when_there_is_one(
    server: BotApiServer, tmp_path: Path, decks: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.app.CONNECT_EVERY", 0.01)
    server.faults.plan(LostBefore(), "getMe", times=3)
    async with backfill(server, tmp_path, decks):
        ann = server.user(1, "Ann")
        await ann.says("/start")
        assert "What are you working towards?" in ann.screen


# --- secrets -----------------------------------------------------------------------------------------------------


async def test_the_token_never_reaches_a_log(
    server: BotApiServer, tmp_path: Path, decks: Catalogue, capfd: pytest.CaptureFixture[str]
) -> None:
    from bot.logs import start_logging

    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    start_logging("DEBUG")
    logging.getLogger("telegram").setLevel(logging.DEBUG)  # as nobody should: the redaction must hold by itself
    try:
        async with backfill(server, tmp_path, decks) as running:
            server.faults.plan(LostAfter(), "sendMessage", after=1)
            server.faults.plan(LostBefore(), "getUpdates", after=2)
            await first_card(running)
            running.faults.append(RuntimeError(f"with {server.token} inside"))
            await server.user(1, "Ann").presses("Show answer")
            await server.user(1, "Ann").says("canary text")
        with pytest.raises(TokenRefused):
            await running.serve("7000000002:AAWrongWrongWrongWrongWrongWrongWrongW")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.getLogger("telegram").setLevel(logging.WARNING)
    out, err = capfd.readouterr()
    written = [json.loads(line) for line in err.splitlines()]
    assert len(written) > 30, "at DEBUG the libraries say a lot"
    assert any(line.get("event") == "telegram.failed" for line in written)
    assert server.token not in out + err
    assert "AAWrongWrong" not in out + err
