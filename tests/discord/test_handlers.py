"""What people meet: restarts, each other's buttons, old forms, slow stores, expired tokens, and faults."""

from __future__ import annotations

import re
from pathlib import Path

import discord
import pytest

from bot.core.actions import Rate, Type
from bot.core.model import TutorError
from bot.core.ports import StoreError
from bot.core.words import UNREADABLE
from bot.discord import words
from bot.discord.components import CHOICE, PEN, PRESS
from bot.discord.quiz_draw import PEN as QUIZ_PEN
from bot.discord.quiz_options import LIST as QUIZ_LIST
from bot.discord.quiz_options import PAGE as QUIZ_PAGE
from bot.discord.setup import PICK

from .backfill import Backfill
from .people import BUTTON, Person, raw, shown, walk

CALLBACK, ORIGINAL, SEND = "/interactions/*/*/callback", "/webhooks/*/*/messages/@original", "/channels/*/messages"


def ids(message: object) -> dict[str, str]:
    """Label -> custom_id of the buttons of a message."""
    return {c["label"]: c["custom_id"] for c in walk(raw(message)) if c["type"] == BUTTON}


def ratings(running: Backfill) -> int:
    return sum(isinstance(action, Rate) for _, action in running.calls)


# --- restarts --------------------------------------------------------------------------------------------------------


async def test_a_button_sent_before_a_restart_works_after_it(running: Backfill, ann: Person) -> None:
    await running.restart()
    await ann.presses("Show answer")
    await running.restart()
    await ann.presses("Good")
    assert "job 2" in ann.screen
    assert len(ann.messages) == 1, "a press redraws its own message"


async def test_a_menu_sent_before_a_restart_works_after_it(running: Backfill, ann: Person) -> None:
    await ann.commands("settings")
    await running.restart()
    await ann.presses("Minutes a day: 40")
    assert "Minutes a day          40" in ann.screen


async def test_a_form_opened_before_a_restart_is_an_answer_after_it(running: Backfill, ann: Person) -> None:
    form = await ann.presses("Type it")
    await running.restart()
    await ann.sends(form, "the one that report 1 reads")
    assert "The one that report 1 reads when the working day begins." in ann.screen
    assert len(ann.messages) == 1


async def test_a_form_for_a_card_already_rated_gives_the_text_back(running: Backfill, ann: Person) -> None:
    form = await ann.presses("Type it")
    await ann.presses("Show answer")
    await ann.presses("Good")
    await ann.sends(form, "what I *meant* to say")
    assert "Already rated Good." in ann.screen
    assert r"You had typed: what I \*meant\* to say" in ann.screen
    assert "job 2" in ann.screen, "the current card stands below"


async def test_an_old_form_gives_the_text_back(running: Backfill, ann: Person) -> None:
    before = ann.screen
    field = {"type": 4, "custom_id": "answer", "value": "kept in its own row"}
    data = {"custom_id": "answer-form-1", "components": [{"type": 1, "components": [field]}]}
    await ann.sends_raw(5, data, message=ann.messages[-1])
    assert "You had typed: kept in its own row" in ann.screen
    assert ann.messages[-1].flags.ephemeral
    assert not any(isinstance(action, Type) for _, action in running.calls)
    await ann.presses("Show answer")
    assert shown(ann.messages[0]) != before


async def test_an_old_form_with_a_long_text_gives_all_of_it_back(running: Backfill, ann: Person) -> None:
    field = {"type": 4, "custom_id": "answer", "value": "_" * 3990 + " the end"}
    data = {"custom_id": "answer-form-1", "components": [{"type": 1, "components": [field]}]}
    await ann.sends_raw(5, data, message=ann.messages[-1])
    told = "".join(shown(message) for message in ann.messages if message.flags.ephemeral)
    assert "That form is from another version" in told
    assert told.count("_") == 3990
    assert "the end" in told


# --- each other's and old buttons ------------------------------------------------------------------------------------


async def test_another_persons_button_does_nothing_to_either(running: Backfill, ann: Person) -> None:
    await ann.presses("Show answer")
    foreign = ids(ann.messages[-1])["Good 10m"]
    bob = Person(running, "Bob")
    await bob.commands("drill", deck="jobs")
    await bob.presses("20 min")
    before = ann.screen
    await bob.sends_raw(3, {"custom_id": foreign, "component_type": 2}, message=bob.messages[-1])
    assert "That button belongs to a card that is not open for you." in bob.screen
    assert "job 1" in bob.screen
    assert ann.screen == before
    assert ratings(running) == 1, "Bob's press, and it rated nothing"
    await ann.presses("Good")
    assert "job 2" in ann.screen


async def test_a_form_for_another_persons_card_is_no_answer_to_it(running: Backfill, ann: Person) -> None:
    attempt = ids(ann.messages[-1])["Type it"].partition(":")[2]
    bob = Person(running, "Bob")
    field = {"type": 4, "custom_id": "text", "value": "guessed"}
    await bob.sends_raw(5, {"custom_id": f"f:{attempt}", "components": [{"type": 18, "component": field}]})
    assert "You had typed: guessed" in bob.screen
    await ann.presses("Show answer")
    assert "guessed" not in ann.screen


@pytest.mark.parametrize("label", ["Show answer", "Type it"])
async def test_a_press_on_a_message_that_others_see_is_refused_in_private(running: Backfill, label: str) -> None:
    guild = running.env.create_guild()
    channel = guild.create_text_channel("study")
    ann, bob = Person(running, "Ann", channel), Person(running, "Bob", channel)
    await ann.commands("drill", deck="jobs")
    await ann.presses("20 min")
    shown = ann.messages[-1]
    running.env.backend.get_message(channel.id, shown.id).flags &= ~64  # as if it had once been sent to everybody
    done = len(running.calls)
    await bob.presses(label, message=bob.messages[-1])
    assert words.NOT_YOUR_CARD.split(".")[0] in bob.screen
    assert bob.messages[-1].flags.ephemeral
    assert len(running.calls) == done


async def test_a_button_of_another_version_is_explained_and_the_card_redrawn(running: Backfill, ann: Person) -> None:
    for custom_id in ("reveal:17", "b3:zz.1", "g1:abc:3"):
        await ann.sends_raw(3, {"custom_id": custom_id, "component_type": 2}, message=_renamed(running, ann, custom_id))
        assert UNREADABLE.split(".")[0] in ann.screen
        assert "job 1" in ann.screen


def _renamed(running: Backfill, person: Person, custom_id: str) -> object:
    """The newest message with its first button called otherwise, as an older version would have sent it."""
    message = person.messages[-1]
    stored = running.env.backend.get_message(person.channel.id, message.id)
    next(c for c in walk(stored.components) if c["type"] == BUTTON)["custom_id"] = custom_id
    return message


async def test_a_command_of_another_version_is_explained(running: Backfill, ann: Person) -> None:
    await ann.sends_raw(2, {"id": "1", "name": "quizzz", "type": 1, "options": []})
    assert "another version" in ann.screen
    assert [type(error) for error in running.env.errors] == [discord.app_commands.CommandNotFound]


async def test_every_button_fits_exactly_one_template(running: Backfill, ann: Person) -> None:
    await ann.commands("settings")
    await ann.commands("decks")
    await ann.commands("drill", deck="kinds")
    found = [c["custom_id"] for message in ann.messages for c in walk(raw(message)) if "custom_id" in c]
    await ann.commands("link")
    templates = [re.compile(template) for template in (PRESS, CHOICE, PEN, PICK, QUIZ_PEN, QUIZ_LIST, QUIZ_PAGE)]
    assert set(templates) == set(running.env.bot._connection._view_store._dynamic_items)
    found += [f"c:{field}" for field in ("channels", "cards", "hosts", "role")]
    found += [f"q:w:{'Q' * 26}:12", f"q:o:{'Q' * 26}:decks", f"q:p:{'Q' * 26}:2", f"b7:Q.a.{'Q' * 26}.12.3"]
    for custom_id in found:
        assert sum(bool(template.fullmatch(custom_id)) for template in templates) == 1, custom_id
    assert not re.fullmatch(PRESS, "t0:abc")
    assert not re.fullmatch(PEN, "b0:abc")


# --- in time, or too late --------------------------------------------------------------------------------------------


async def test_a_slow_store_is_waited_for(running: Backfill, ann: Person) -> None:
    running.slow = 0.3
    result = await ann.presses("Show answer")
    assert result.deferred
    assert "report 1" in ann.screen
    result = await ann.commands("stats")
    assert "No cards are rated yet" in ann.screen


async def test_a_slow_command_in_a_server_stays_private(running: Backfill, member: Person) -> None:
    running.slow = 0.3
    result = await member.commands("stats")
    assert result.ephemeral
    assert "No cards are rated yet" in member.screen


async def test_an_answer_that_comes_too_late_continues_on_a_fresh_message(running: Backfill, ann: Person) -> None:
    await ann.presses("Show answer")
    running.env.inject_error("POST", CALLBACK, status=404, code=10062)
    with pytest.raises(AssertionError, match="nobody answered"):
        await ann.presses("Good")
    assert ratings(running) == 1
    assert len(ann.messages) == 2
    assert "job 2" in ann.screen
    assert "Good" not in " ".join(ids(ann.messages[0])), "the old card lost its buttons"


async def test_in_a_server_a_late_answer_is_never_said_in_public(running: Backfill, member: Person) -> None:
    await member.presses("Show answer")
    running.env.inject_error("POST", CALLBACK, status=404, code=10062)
    with pytest.raises(AssertionError, match="nobody answered"):
        await member.presses("Good")
    assert ratings(running) == 1
    assert len(member.messages) == 1
    await member.presses("Good")
    assert "Already rated Good." in member.screen
    assert "job 2" in member.screen


@pytest.mark.parametrize("code", [10015, 50027, 10008])
async def test_a_token_that_is_over_continues_on_a_fresh_message(running: Backfill, ann: Person, code: int) -> None:
    await ann.presses("Show answer")
    running.slow = 0.3
    running.env.inject_error("PATCH", ORIGINAL, status=404, code=code)
    await ann.presses("Good")
    assert len(ann.messages) == 2
    assert "job 2" in ann.screen
    assert ratings(running) == 1


async def test_what_another_process_has_answered_is_done(running: Backfill, ann: Person) -> None:
    before = ann.screen
    running.env.inject_error("POST", CALLBACK, status=400, code=40060)
    with pytest.raises(AssertionError, match="nobody answered"):
        await ann.presses("Show answer")
    assert ann.screen == before
    assert len(ann.messages) == 1


async def test_a_press_on_a_deleted_message_goes_on_below(running: Backfill, ann: Person) -> None:
    running.env.inject_error("POST", CALLBACK, status=404, code=10008)
    with pytest.raises(AssertionError, match="nobody answered"):
        await ann.presses("Show answer")
    assert len(ann.messages) == 2
    assert "report 1" in ann.screen


@pytest.mark.parametrize("code", [50007, 50001, 40003, 50278])
async def test_a_closed_private_chat_is_no_fault(running: Backfill, ann: Person, code: int) -> None:
    running.env.inject_error("POST", SEND, status=403, code=code)
    await ann.says("the one that report 1 reads")
    assert len(ann.messages) == 1
    await ann.commands("drill")
    assert "report 1" in ann.screen, "the answer was counted"


# --- messages in the private chat ------------------------------------------------------------------------------------


async def test_text_is_an_answer_and_the_old_card_loses_its_buttons(running: Backfill, ann: Person) -> None:
    await ann.says("the one that report 1 reads")
    assert "report 1 reads when the working day begins" in ann.screen
    assert ids(ann.messages[0]) == {}
    assert "Which table does job 1" in raw(ann.messages[0])[0]["components"][0]["content"]


async def test_a_command_typed_as_text_is_that_command(running: Backfill, ann: Person) -> None:
    await ann.says("/stats")
    assert "No cards are rated yet" in ann.screen


async def test_a_picture_is_answered(running: Backfill, ann: Person) -> None:
    picture = {
        "id": "1",
        "filename": "cat.png",
        "size": 4,
        "url": "https://cdn.test/1",
        "proxy_url": "https://cdn.test/1",
    }
    await ann._user.send_dm("", attachments=[picture])
    assert "I can read text and presses" in ann.screen


async def test_a_message_brought_again_is_not_answered_twice(running: Backfill, ann: Person) -> None:
    await ann.says("the one that report 1 reads")
    count = len(ann.messages)
    nonces = [call.json["nonce"] for call in running.sent if call.path.endswith("/messages") and "nonce" in call.json]
    assert len(set(nonces)) == len(nonces) == 1
    assert all(len(nonce) <= 25 for nonce in nonces)
    assert count == 2


async def test_a_second_drill_takes_the_buttons_off_the_first(running: Backfill, member: Person) -> None:
    await member.commands("drill")
    assert len(member.messages) == 2
    assert ids(member.messages[0]) == {}
    assert "Show answer" in ids(member.messages[1])


# --- faults ----------------------------------------------------------------------------------------------------------


async def test_the_tutors_sentence_is_told_in_private(running: Backfill, member: Person) -> None:
    running.faults.append(TutorError("There is no such *thing*."))
    await member.presses("Show answer")
    assert r"There is no such \*thing\*." in member.screen
    assert member.messages[-1].flags.ephemeral
    assert "job 1" in shown(member.messages[0])


async def test_a_store_that_fails_is_told_and_what_was_typed_comes_back(running: Backfill, ann: Person) -> None:
    form = await ann.presses("Type it")
    running.faults.append(StoreError("The disk is full."))
    await ann.sends(form, "a long answer")
    assert "could not be saved" in ann.screen
    assert "You had typed: a long answer" in ann.screen


async def test_a_bug_is_answered_with_a_reference(running: Backfill, ann: Person) -> None:
    running.faults.append(RuntimeError("secret detail"))
    await ann.presses("Show answer")
    assert re.search(r"Reference [0-9a-f]{8}\.", ann.screen)
    assert "secret" not in ann.screen
    await ann.presses("Show answer")
    assert "report 1" in shown(ann.messages[0])


async def test_a_bug_in_a_slow_command_is_answered_too(running: Backfill, member: Person) -> None:
    running.slow = 0.2
    running.faults += [RuntimeError("x")]
    await member.commands("stats")
    assert "Something went wrong" in member.screen


# --- what leaves -----------------------------------------------------------------------------------------------------


async def test_no_body_lets_a_mention_through(running: Backfill, member: Person) -> None:
    await member.presses("Show answer")
    await member.presses("Good")
    await member.commands("privacy")
    bodies = [call.json.get("data", call.json) for call in running.sent if "components" in str(call.json)]
    assert len(bodies) > 4
    assert all(body["allowed_mentions"] == {"parse": []} for body in bodies)


async def test_decks_are_completed_from_what_is_typed(running: Backfill, ann: Person) -> None:
    every = await ann.actor.autocomplete("drill", "deck", "")
    assert [choice["value"] for choice in every] == ["modelling", "jobs", "kinds"]
    assert [choice["name"] for choice in await ann.actor.autocomplete("drill", "deck", "EVERY ki")] == ["Every kind"]
    assert await ann.actor.autocomplete("drill", "deck", "nothing like it") == []


async def test_a_deck_may_be_named_by_its_title(running: Backfill, ann: Person) -> None:
    await ann.commands("drill", deck="every KIND")
    assert "Every kind" in ann.screen
    await ann.commands("drill", deck="no such deck")
    assert "There is no deck called “no such deck”." in ann.screen


async def test_every_command_is_documented(running: Backfill) -> None:
    page = (Path(__file__).parents[2] / "docs" / "discord.md").read_text()
    names = [command.name for command in running.env.bot.tree.get_commands()]
    assert len(names) >= 12
    assert [name for name in names if f"`/{name}`" not in page] == []


async def test_an_old_button_that_others_see_is_not_redrawn_for_them(running: Backfill) -> None:
    guild = running.env.create_guild()
    channel = guild.create_text_channel("study")
    ann, bob = Person(running, "Ann", channel), Person(running, "Bob", channel)
    await ann.commands("drill", deck="jobs")
    shown_to_all = _renamed(running, ann, "reveal:17")
    running.env.backend.get_message(channel.id, ann.messages[-1].id).flags &= ~64
    before = shown(bob.messages[-1])
    await bob.sends_raw(3, {"custom_id": "reveal:17", "component_type": 2}, message=shown_to_all)
    assert shown(bob.messages[0]) == before
    assert "That is not your card." in bob.screen
