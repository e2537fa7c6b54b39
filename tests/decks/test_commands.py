"""What an author sees after `backfill decks ...`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from bot.deck_commands import main, report
from bot.deck_preview import WIDTH
from decks.lint import Finding
from decks.rules import Severity

DECK = """---
deck: scd-types
title: Slowly changing dimensions
about: What each SCD type does.
level: intermediate
source: guide, Grain
---

# Choosing

Q: What does a Type 4 change leave behind?
A: A row in a mini-dimension
id: type-four

Q: Which rows does a dbt incremental model read?
A: Those that are new
id: incremental

Q: A customer changes segment and last year's revenue must stay under the old one. Which SCD type?
A: Type 2
not: Type 1
not: Type 3
not: Type 0
why: Facts keep pointing at the version that was true.
wrong: Type 6 | that does more than was asked.
id: which
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    decks = tmp_path / "decks"
    decks.mkdir()
    (decks / "scd-types.md").write_text(DECK.replace("scd-types\n", "team-scd\n", 1))
    (decks / "sources.toml").write_text('[guide]\ntitle = "The guide"\nsections = ["Grain"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKFILL_DECKS", "decks")
    return decks


def test_lint_says_line_rule_problem_and_remedy_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "team-scd"]) == 1
    month = datetime.now().astimezone().strftime("%Y-%m")
    assert (
        capsys.readouterr().out
        == f"""decks/scd-types.md
  11  error    context   "Type 4" has two published meanings and the front names neither.
                         Say whose: "In the Kimball Group's numbering, ..."
  15  warning  as-of     names a dbt feature without a date.
                         Add:  as_of: {month}
3 cards: 1 error, 1 warning. Nothing can be published with an error.
"""
    )


def test_lint_takes_files_and_fails_on_warnings_only_when_strict(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BACKFILL_DECKS")
    file = folder / "scd-types.md"
    file.write_text(file.read_text().replace("a Type 4 change", "Kimball's Type 4"))
    assert main(["lint", str(file)]) == 0
    assert capsys.readouterr().out.endswith("3 cards: 0 errors, 1 warning.\n")
    assert main(["lint", "--strict", str(folder)]) == 1


def test_lint_in_json_carries_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--json", "team-scd"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["line"], first["severity"], first["rule"]) == (11, "error", "context")
    assert second["file"] == "decks/scd-types.md"


def test_columns_stay_straight_for_long_rules_and_line_numbers() -> None:
    findings = [
        Finding("a.md", 7, Severity.ERROR, "enumeration", "Five.", "Split."),
        Finding("a.md", 1024, Severity.WARNING, "leak", "Word.", "Cut."),
    ]
    assert list(report(findings)) == [
        "a.md",
        "     7  error    enumeration  Five.",
        "                              Split.",
        "  1024  warning  leak         Word.",
        "                              Cut.",
    ]


PREVIEW = """Slowly changing dimensions · Choosing
decks:which
--------------------------------------
A customer changes segment and last
year's revenue must stay under the old
one. Which SCD type?
(x) Type 2
( ) Type 1
( ) Type 3
( ) Type 0
--------------------------------------
Type 2
Facts keep pointing at the version
that was true.
Type 6? that does more than was asked.
The guide, Grain
"""


@pytest.mark.parametrize("wanted", ["decks:which", "decks/scd-types.md:19", "decks/scd-types.md:22"])
def test_preview_shows_a_card_as_wide_as_a_phone(wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", wanted]) == 0
    shown = capsys.readouterr().out
    assert shown == PREVIEW
    assert max(map(len, shown.splitlines())) <= WIDTH


def test_list_show_and_stats_name_the_deck_and_its_cards(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    listed = capsys.readouterr().out
    assert "Slowly changing dimensions" in next(line for line in listed.splitlines() if line.startswith("team-scd "))
    assert main(["list", "--json"]) == 0
    decks = {row["slug"]: row for row in json.loads(capsys.readouterr().out)}
    assert (decks["team-scd"]["cards"], decks["team-scd"]["namespace"]) == (3, "decks")
    assert decks["dimensional-modelling"]["decks"] >= 1
    assert main(["show", "team-scd"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "Slowly changing dimensions (team-scd), intermediate, 3 cards",
        "What each SCD type does.",
        "",
        "# Choosing",
    ]
    assert main(["stats", "scd-types", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["scd-types"]
    assert main(["stats", "nothing"]) == 2
    assert capsys.readouterr().err == "There is no deck 'nothing'. See them with:  backfill decks list\n"
    assert main(["stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["team-scd"]["choice"] == 1


def test_id_writes_ids_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "scd-types.md"
    file.write_text(file.read_text().replace("id: incremental\n", ""))
    assert main(["id", str(file)]) == 0
    assert capsys.readouterr().out == "decks/scd-types.md:17  rows-dbt-incremental-model-read\n1 id written.\n"
    assert main(["id"]) == 0
    assert capsys.readouterr().out == "Every note has an id.\n"


def test_what_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nothing"]) == 2
    assert capsys.readouterr().err == "There is no deck 'nothing'. See them with:  backfill decks list\n"
    assert main(["preview", "decks:nothing"]) == 2
    assert main(["lint", "nothing.md"]) == 2
    assert main(["preview", "nothing.md:3"]) == 2


def test_sources_tell_which_decks_teach_each_section(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    sources = '[guide]\ntitle = "The guide"\nsections = ["Grain", "Keys"]\n\n[general]\ntitle = "General knowledge"\n'
    (folder / "sources.toml").write_text(sources)
    assert main(["sources"]) == 0
    told = capsys.readouterr().out
    assert "The guide: 2 sections, 1 without a card\n    Grain  team-scd 3\n    Keys   no card" in told
    assert "General knowledge" not in told
    assert main(["sources", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["The guide"] == {"Grain": {"team-scd": 3}, "Keys": {}}
