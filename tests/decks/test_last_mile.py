"""The author's last mile: `decks diff`, `publish` and `health` as commands on databases made by real turns."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.actions import ShowDeck
from bot.core.model import Account
from bot.deck_publish import publish, take_back
from bot.process import tutor
from bot.settings import read_settings
from decks.library import Folder, Library
from decks.published import FOLDER, record
from storage.check import check
from tests.databases import migrated_at
from tests.decks.drilled import NOON, Class, backfill, process, said
from tests.decks.test_reload import until
from tests.kept import assert_kept

KEPT = Path(__file__).parent / "kept"
WEEK = 7 * 24 * 3_600_000  # ms
DECK = """---
deck: scd-team
title: Slowly changing dimensions
about: What each SCD type does to a row.
level: intermediate
source: general
---

# Choosing

Q: In an SCD dimension of ours, which row of a customer is open?
A: The one without an end date
id: open-row

Q: Which key does our warehouse issue for each version of a customer?
A: The surrogate key
wrong: business key | that one comes from the source.
id: issued-key

# Mechanisms

Matrix: In Kimball's SCD Type {row}, {column}?
id: mechanisms

| Type | what happens to the old value | history          |
|------|-------------------------------|------------------|
| 1    | overwritten                   | none of it       |
| 2    | kept in its own row           | all of it        |
| 4    | moved to a history table      | the latest terms |
"""
EDITED = (
    DECK.replace("which row of a customer is open?", "which row of a customer is the open one?")
    .replace("moved to a history table", "kept in a mini-dimension row")
    .replace("| history          |", "| how much is kept |")
    .replace("id: mechanisms\n", "id: mechanisms\nrenamed: how much is kept | history\n")
    .replace(
        "# Mechanisms", "Q: Who may close a row of our dimension?\nA: The nightly load\nid: closes\n\n# Mechanisms"
    )
)
EDITED = EDITED[: EDITED.index("Q: Which key")] + EDITED[EDITED.index("Q: Who may") :]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    decks = tmp_path / "team"
    decks.mkdir()
    (decks / "scd.md").write_text(DECK)
    (decks / "sources.toml").write_text('[general]\ntitle = "General knowledge"\n')
    return decks


def dated(text: str) -> str:
    """The day a remedy proposes is tomorrow, and reads so."""
    tomorrow = datetime.now().astimezone().date() + timedelta(days=1)
    return text.replace(str(tomorrow), "TOMORROW")


# --- diff --------------------------------------------------------------------------------------------------------


async def test_files_are_compared_with_what_learners_last_answered(where: str, folder: Path) -> None:
    learners = Class(where, folder)
    for name in ("ann", "bob", "cem"):
        await learners.drills(name, "scd-team")
    assert said(where, folder, "diff", "scd-team") == (
        "scd-team   8 cards, 8 answered, 3 learners\nLearners have it as the file says.\n"
    )
    (folder / "scd.md").write_text(EDITED)
    text = said(where, folder, "diff", "scd-team")
    assert_kept(KEPT / "diff.txt", dated(text))
    assert max(map(len, text.splitlines())) <= 100
    assert said(where, folder, "diff", "team/scd.md") == text
    (told,) = json.loads(said(where, folder, "diff", "scd-team", "--json"))
    assert [(c["card"], c["learners"]) for c in told["reworded"]] == [("team:open-row", 3)]
    assert [(c["was"], c["now"], c["learners"]) for c in told["answers"]] == [
        ("moved to a history table", "kept in a mini-dimension row", 3)
    ]
    assert (told["new"], told["removed"], told["left"]) == (["team:closes"], ["team:issued-key"], 3)
    assert [(one["cards"], one["recorded"]) for one in told["renamed"]] == [(3, True)]


async def test_who_has_answered_the_new_wording_does_not_know_the_old_one(where: str, folder: Path) -> None:
    await Class(where, folder).drills("ann", "scd-team")
    await Class(where, folder, NOON + 1).drills("bob", "scd-team")
    (folder / "scd.md").write_text(EDITED)
    await Class(where, folder, NOON + 8 * WEEK).drills("bob", "scd-team")
    (told,) = json.loads(said(where, folder, "diff", "scd-team", "--json"))
    assert [(c["card"], c["learners"]) for c in told["answers"]] == [
        ("team:mechanisms/4/what-happens-to-the-old-value", 1)
    ]
    assert told["learners"] == 2


async def test_a_rename_that_is_not_recorded_says_what_it_would_cost(where: str, folder: Path) -> None:
    await Class(where, folder).drills("ann", "scd-team")
    (folder / "scd.md").write_text(
        DECK.replace("| history          |", "| how much is kept |").replace("id: open-row", "id: which-row-is-open")
    )
    text = said(where, folder, "diff", "scd-team")
    assert_kept(KEPT / "diff-unrecorded.txt", text)
    added = (
        DECK.replace("| history          |", "| how much is kept |")
        .replace("id: mechanisms", "id: mechanisms\nrenamed: how much is kept | history")
        .replace("id: open-row", "was: open-row\nid: which-row-is-open")
    )
    (folder / "scd.md").write_text(added)
    assert "memory lost" not in said(where, folder, "diff", "scd-team")


async def test_a_deck_that_is_gone_and_one_to_be_taught_afresh_are_told(where: str, folder: Path) -> None:
    await Class(where, folder).drills("ann", "scd-team")
    (folder / "scd.md").write_text(
        EDITED.replace("\n[4 /", "") + "\n[4 / what happens to the old value]\nrelearn: 2026-12-01\n"
    )
    assert "Taught afresh from 2026-12-01." in said(where, folder, "diff")
    (folder / "scd.md").unlink()
    text = said(where, folder, "diff")
    assert "scd-team   gone, 8 cards answered, 1 learner\n" in text
    assert "removed           8   1 learner; their log stays\n" in text


def test_a_draft_a_track_and_a_missing_database_are_a_sentence_each(where: str, folder: Path) -> None:
    if where.startswith("sqlite"):
        assert "There is no database at" in process(where, folder, "diff").stderr
    migrated_at(where)
    (folder / "draft.md").write_text(DECK.replace("scd-team", "sketch").replace("level:", "status: draft\nlevel:"))
    done = backfill(where, folder, "diff", "sketch")
    assert (done.returncode, done.stderr) == (
        2,
        "sketch holds no deck that learners get: tracks have no cards, drafts stay with authors.\n",
    )


# --- publish -----------------------------------------------------------------------------------------------------


def live(folder: Path) -> Library:
    """What a running process reads."""
    return Library([Folder(folder, folder.name)], folder.parent / "data" / FOLDER)


def test_a_published_folder_goes_live_only_by_publishing_and_can_be_taken_back(tmp_path: Path, folder: Path) -> None:
    running = live(folder)
    where = f"sqlite:///{tmp_path / 'none.db'}"
    screens = ["> decks publish\n" + said(where, folder, "publish")]
    assert running.refresh()
    before = dict(running.current.cards)
    (folder / "scd.md").write_text(EDITED)
    assert not running.refresh(), "an edit alone changes nothing any more"
    screens.append("> decks publish\n" + said(where, folder, "publish"))
    assert running.refresh()
    assert "team:closes" in running.current.cards
    assert running.errors == ()
    screens.append("> decks publish --previous\n" + said(where, folder, "publish", "--previous"))
    assert running.refresh()
    assert dict(running.current.cards) == before
    nothing = backfill(where, folder, "publish", "--previous")
    assert nothing.returncode == 2
    screens.append("> decks publish --previous\n" + nothing.stderr)
    said(where, folder, "publish")
    screens.append("> decks publish\n" + said(where, folder, "publish"))
    assert running.refresh()
    assert "team:closes" in running.current.cards
    assert_kept(KEPT / "publish.txt", "\n".join(screens))
    assert len(list((tmp_path / "data" / FOLDER / "team").glob("0*"))) == 3


async def test_a_running_process_takes_up_a_publication_and_no_edit(tmp_path: Path, folder: Path) -> None:
    where = f"sqlite:///{tmp_path / 'none.db'}"
    said(where, folder, "publish")
    settings = read_settings(
        {"BACKFILL_DATA": str(tmp_path / "data"), "BACKFILL_DECKS": str(folder)}, tmp_path / "none"
    )
    async with tutor(settings) as (door, library):
        (folder / "scd.md").write_text(EDITED)
        (folder / "more.md").write_text(DECK.replace("scd-team", "more").replace("id: ", "id: more-"))
        assert not library.refresh()
        assert "Slowly changing" in str(await door.handle(Account("web", "ann"), ShowDeck("scd-team"), "1"))
        (folder / "more.md").unlink()
        said(where, folder, "publish")
        await until(lambda: "team:closes" in library.current.cards)
        said(where, folder, "publish", "--previous")
        await until(lambda: "team:closes" not in library.current.cards)


def test_nothing_is_published_with_an_error(tmp_path: Path, folder: Path) -> None:
    where = f"sqlite:///{tmp_path / 'none.db'}"
    said(where, folder, "publish")
    running = live(folder)
    (folder / "other.md").write_text(DECK.replace("scd-team", "other").replace("our warehouse", "the article"))
    done = backfill(where, folder, "publish")
    assert done.returncode == 1
    assert re.search(r"^team/other\.md\n +15  error    context ", done.stdout)
    assert "/." not in done.stdout, "the copies are nobody's business"
    assert done.stdout.endswith("Nothing was published.\n")
    assert not running.refresh()
    assert [path.name for path in (tmp_path / "data" / FOLDER / "team").glob(".*")] == []
    assert backfill(where, folder, "publish", "--json").returncode == 1


def test_a_draft_holds_nobody_up_and_stays_a_draft(tmp_path: Path, folder: Path) -> None:
    draft = DECK.replace("level:", "status: draft\nlevel:").replace("scd-team", "sketch").replace("id: ", "id: draft-")
    (folder / "sketch.md").write_text(draft.replace("our warehouse", "the article"))
    assert "1 deck checked" in said(f"sqlite:///{tmp_path / 'none.db'}", folder, "publish")
    assert list(live(folder).current.decks) == ["scd-team"]


def test_folders_are_published_apart_and_taken_back_as_they_were_published(tmp_path: Path, folder: Path) -> None:
    where = f"sqlite:///{tmp_path / 'none.db'}"
    said(where, folder, "publish", "team")
    (folder / "scd.md").write_text(EDITED)
    assert "backfill is live, no restart." in said(where, folder, "publish", "backfill")
    assert "team:closes" not in live(folder).current.cards
    refused = backfill(where, folder, "publish", "--previous", "backfill")
    assert refused.stderr == "This is the first publication of backfill: there is none before it.\n"
    unknown = backfill(where, folder, "publish", "nobody")
    assert (unknown.returncode, "There is no deck folder 'nobody'." in unknown.stderr) == (2, True)


def test_a_damaged_publication_leaves_a_running_process_with_its_decks(tmp_path: Path, folder: Path) -> None:
    said(f"sqlite:///{tmp_path / 'none.db'}", folder, "publish")
    running = live(folder)
    cards = dict(running.current.cards)
    pointer = tmp_path / "data" / FOLDER / "team" / "live"
    for damage in ("999999", "../../team", ""):
        pointer.write_text(damage)
        running.refresh()
        assert dict(running.current.cards) == cards
        assert len(running.errors) == 1
    pointer.write_text("000001")
    assert running.refresh()
    assert running.errors == ()


async def test_a_published_folder_is_compared_with_its_publication(where: str, folder: Path) -> None:
    said(where, folder, "publish")
    await Class(where, folder).drills("ann", "scd-team")
    assert "scd-team" not in said(where, folder, "diff")
    (folder / "scd.md").write_text(EDITED)
    text = said(where, folder, "diff", "scd-team")
    assert_kept(KEPT / "diff-published.txt", dated(text))
    said(where, folder, "publish")
    assert "Learners have it as the file says." in said(where, folder, "diff", "scd-team")
    assert check(where.removeprefix("sqlite:///")) == []


# --- health ------------------------------------------------------------------------------------------------------


async def test_health_tells_how_cards_do_with_five_learners_or_more(where: str, folder: Path) -> None:
    learners = Class(where, folder)
    key, open_row = "Which key does our warehouse", "which row of a customer is open"
    mistakes = [{key: "business key"}, {key: "business key"}, {key: "natural key"}, {}, {open_row: "a secret of mine"}]
    for number, wrong in enumerate(mistakes[:4]):
        await learners.drills(f"learner{number}", "scd-team", wrong, flags=[key] if number == 0 else ())
    assert said(where, folder, "health", "scd-team") == "No card of it has five learners yet.\n"
    await learners.drills("learner4", "scd-team", mistakes[4])
    text = said(where, folder, "health", "scd-team")
    assert_kept(KEPT / "health.txt", text)
    assert max(map(len, text.splitlines())) <= 100
    told = {one["card"]: one for one in json.loads(said(where, folder, "health", "scd-team", "--json"))}
    worst = told["team:issued-key"]
    assert (worst["learners"], worst["first"], worst["wrong"], worst["reports"]) == (5, 0.4, "business key", 1)
    assert worst["share"] == pytest.approx(2 / 3)
    assert told["team:open-row"]["wrong"] == "", "what only one learner wrote is not told"
    assert backfill(where, folder, "health", "nothing").returncode == 2


def test_only_the_latest_publications_are_kept(tmp_path: Path, folder: Path) -> None:
    root = tmp_path / "data" / FOLDER
    whole = Folder(folder, "team")
    for number in range(1, 10):
        (folder / "scd.md").write_text(DECK + "\n" * number)
        assert publish([whole], [whole], root).findings == ()
        if number == 3:
            take_back([whole], root)  # the second is live again, and the one before the fourth
    kept = sorted(path.name for path in (root / "team").glob("0*"))
    assert kept == [f"{number:06}" for number in range(5, 10)]
    assert take_back([whole], root) is not None
    assert record(root / "team" / "000008").before == "000007"


def test_nothing_is_published_by_a_bare_command_without_a_folder_of_ones_own(tmp_path: Path, folder: Path) -> None:
    where = f"sqlite:///{tmp_path / 'none.db'}"
    refused = backfill(where, folder, "publish", decks="")
    assert refused.returncode == 2
    assert refused.stderr.startswith("BACKFILL_DECKS names no folder of your own.")
    assert "backfill decks publish backfill" in refused.stderr
    assert not (tmp_path / "data" / FOLDER).exists()
    assert backfill(where, folder, "publish", "--previous", decks="").stderr == "Nothing has been published yet.\n"


def test_a_place_for_publications_that_cannot_be_written_is_named_without_numbers(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FOLDER).write_text("in the way")
    refused = process(f"sqlite:///{tmp_path / 'none.db'}", folder, "publish")
    assert refused.returncode == 2
    assert re.fullmatch(r"backfill: \S+ cannot be used: not a directory\.\n", refused.stderr)
