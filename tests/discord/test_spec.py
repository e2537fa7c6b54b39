"""Every kind of request that leaves, against Discord's own description of its API."""

from __future__ import annotations

from pathlib import Path

from tests.stories.decks import deck

from .backfill import Backfill, backfill, catalogue
from .limits import departures as refused
from .people import Person
from .spec import assert_in_spec, departures


async def tour(running: Backfill, ann: Person) -> None:
    """A command, presses, a menu, a form, a text, a slow answer, a long one, a sentence."""
    await ann.presses("Show answer")
    await ann.presses("Good")
    await ann.commands("settings")
    await ann.presses("Minutes a day: 40")
    await ann.commands("drill")
    await ann.writes("the one that report 2 reads")
    await ann.presses("Good")
    await ann.says("no idea")
    running.slow = 0.2
    await ann.presses("Again")
    await ann.commands("stats")
    running.slow = 0
    await ann.commands("link")
    await ann.commands("drill", deck="no such deck")
    await ann.actor.autocomplete("drill", "deck", "j")


async def test_every_request_is_as_discord_describes_it(running: Backfill, ann: Person) -> None:
    await tour(running, ann)
    calls = [(call.method, call.path, call.json) for call in running.env.http_requests if call.json is not None]
    assert {method for method, _, _ in calls} == {"POST", "PATCH", "PUT"}
    assert len(calls) > 15
    assert_in_spec(calls)


async def test_everything_shown_is_within_discords_limits(running: Backfill, ann: Person) -> None:
    await tour(running, ann)
    bodies = [call.json.get("data", call.json) for call in running.sent]
    shown = [body["components"] for body in bodies if body and body.get("components") and "title" not in body]
    assert len(shown) > 10
    assert [problem for components in shown for problem in refused(components)] == []


async def test_a_screen_of_ten_thousand_characters_arrives_whole(tmp_path: Path) -> None:
    lines = "\n".join(f"  Line-{number} {'lorem ' * 60}" for number in range(30))
    note = (
        f"Q: In this pipeline, which job is long to tell?\nA: The one that report 1 reads.\nwhy: So:\n{lines}\nid: long"
    )
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "jobs.md").write_text(deck("jobs", "Jobs", note))
    async with backfill(tmp_path, catalogue(folder)) as running:
        ann = Person(running, "Ann")
        await ann.commands("drill", deck="jobs")
        await ann.presses("20 min")
        await ann.presses("Show answer")
        text = "\n".join(message.components[0].children[0].content for message in ann.messages)
        assert len(text) > 10_000
        assert all(f"Line-{number} " in text for number in range(30))
        assert "Good 10m" in ann.buttons
        assert_in_spec([(call.method, call.path, call.json) for call in running.sent])


def test_the_check_sees_what_is_wrong() -> None:
    good = {"content": "x", "nonce": "1", "enforce_nonce": True}
    path = "/channels/1/messages"
    assert departures("POST", path, good) == []
    assert departures("POST", path, good | {"nonce": "x" * 26}) != []
    assert departures("POST", path, good | {"contents": "x"}) == [f"POST {path}: unknown 'contents'"]
    assert departures("POST", "/nowhere", good) == ["POST /nowhere: no such route"]
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81, "custom_id": "b"}]}
    assert departures("POST", path, {"components": [row]}) != []
    assert departures("POST", "/interactions/1/x/callback", {"type": 9, "data": {"title": "x"}}) != []
