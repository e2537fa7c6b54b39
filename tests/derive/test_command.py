"""`backfill decks derive` and `decks coverage` as an author runs them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from bot.deck_commands import main
from decks.library import Folder, Library
from decks.parse import parse
from decks.sources import read_sources
from tests.derive.test_update import SENCHA, TEA
from tests.derive.texts import FEED


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An author's folder with one curriculum in it."""
    (tmp_path / "tea.md").write_text(TEA)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> str:
    assert main(argv) == code
    out, error = capsys.readouterr()
    return out + error


def test_a_curriculum_becomes_a_folder_of_drafts_with_ids_sources_and_provenance(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, "derive", "tea.md")
    assert "1 files written: drafts/tea.md" in out
    assert "keep" in out
    assert "term with its definition" in out
    files = sorted(path.name for path in (desk / "drafts").iterdir())
    assert files == ["provenance.json", "sources.toml", "tea.md"]
    library = Library([Folder(desk / "drafts", "mine")])
    assert library.errors == ()
    assert not library.current.decks  # a draft is no deck that can be studied
    assert set(library.sources["tea"].sections) == {"Kinds", "Brewing"}
    (sheet,) = library.sheets
    assert all(note.id and note.source for note in sheet.parsed.deck.notes)  # type: ignore[union-attr]


def test_derived_decks_pass_the_linter_but_for_what_is_under_review(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "derive", "tea.md")
    assert "0 errors" in said(capsys, "lint", "drafts")


def test_a_published_draft_that_still_has_its_sources_words_does_not_pass(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "derive", "tea.md")
    path = desk / "drafts" / "tea.md"
    path.write_text(path.read_text().replace("status: draft\n", ""))
    out = said(capsys, "lint", "drafts", code=1)
    assert "quote" in out
    assert "8 words in a row are its source's" in out


def test_deriving_twice_needs_update_and_then_says_what_is_different(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "derive", "tea.md")
    before = (desk / "drafts" / "tea.md").read_text()
    assert "Add --update" in said(capsys, "derive", "tea.md", code=2)
    assert "Nothing is different." in said(capsys, "derive", "tea.md", "--update")
    (desk / "tea.md").write_text(TEA.replace("partly oxidised", "half oxidised").replace(SENCHA, ""))
    out = said(capsys, "derive", "tea.md", "--update", "--dry-run")
    assert "1 reworded, 1 removed" in out
    assert (desk / "drafts" / "tea.md").read_text() == before
    said(capsys, "derive", "tea.md", "--update")
    after = (desk / "drafts" / "tea.md").read_text()
    assert "half oxidised" in after
    assert "Sencha" not in after
    assert set(after.split("\n")) & {line for line in before.split("\n") if line.startswith("id: oolong")}


def test_sources_others_described_stay_as_they_are_written(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "drafts").mkdir()
    coffee = '# by hand\n[coffee]\ntitle = "Coffee"\nsections = ["Beans"]\n'
    mine = f'{coffee}\n[tea]\ntitle = "Old"\n\n[water]\ntitle = "Water"\n'
    (desk / "drafts" / "sources.toml").write_text(mine)
    said(capsys, "derive", "tea.md")
    text = (desk / "drafts" / "sources.toml").read_text()
    assert text.startswith(f'{coffee}\n[tea]\ntitle = "Tea"\n')
    assert set(read_sources(text)) == {"coffee", "tea", "water"}


def test_json_names_every_candidate_with_its_verdict_and_reason(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "tea.md", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["documents"] == [{"key": "tea.md", "title": "Tea", "kind": "markdown", "remarks": []}]
    assert {one["kind"] for one in report["candidates"]} == {"term", "matrix"}
    assert all(one["verdict"] and one["reason"] and one["lines"] for one in report["candidates"])
    assert [change["what"] for change in report["changes"]] == ["new"] * 4


def test_one_bad_input_does_not_keep_the_good_ones_back(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "bad.bin").write_bytes(b"\x00\x01" * 99)
    out = said(capsys, "derive", "tea.md", "bad.bin", "missing.md", code=1)
    assert "bad.bin: This is a binary file, not text." in out
    assert "missing.md: There is no such file." in out
    assert (desk / "drafts" / "tea.md").exists()


def test_nothing_is_written_when_nothing_could_be_read(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "There is no such file" in said(capsys, "derive", "missing.md", code=2)
    assert "not a public address" in said(capsys, "derive", "http://127.0.0.1/feed", code=2)
    assert not (desk / "drafts").exists()


def test_a_deck_with_a_mistake_is_not_written_over(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "derive", "tea.md")
    path = desk / "drafts" / "tea.md"
    broken = path.read_text() + "\nQ: an open end\n"
    path.write_text(broken)
    assert "drafts/tea.md:" in said(capsys, "derive", "tea.md", "--update", code=2)
    assert path.read_text() == broken


def test_standard_input_is_derived_from(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FEED.encode())))
    assert "drafts/knots-ropes.md" in said(capsys, "derive", "-")


def test_no_temporary_file_is_left(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "derive", "tea.md")
    assert not list((desk / "drafts").glob(".*"))
    for path in (desk / "drafts").glob("*.md"):
        assert parse(path.read_text(), file="").errors == ()


def test_coverage_tells_what_the_decks_have_and_what_they_lack(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "---\ndeck: t\ntitle: T\nabout: T.\nlevel: beginner\n---\n"
    deck = f"{header}\nQ: In Japan, what is sencha?\nA: Steamed tea\nid: s\n"
    (desk / "mine").mkdir()
    (desk / "mine" / "t.md").write_text(deck)
    monkeypatch.setenv("BACKFILL_DECKS", str(desk / "mine"))
    out = said(capsys, "coverage", "tea.md")
    assert "Tea: 1 of 6 subjects have a card" in out
    assert "lacks Oolong, Pu-erh" in out
    parts = json.loads(said(capsys, "coverage", "tea.md", "--json"))
    assert parts[0]["covered"] == ["Sencha"]


def test_a_source_that_yields_nothing_says_why(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "hello.md").write_text("# Hello\n\nJust a page that greets everybody who comes by.\n")
    (desk / "sales.md").write_text("# Sales\n\n| id | amount |\n|---|---|\n| 1 | 10.50 |\n| 2 | 7.25 |\n| 3 | 9.00 |\n")
    out = said(capsys, "derive", "hello.md", "sales.md", "--dry-run")
    assert "Hello: nothing to draft: no table, definition, question, list of steps or figure was found in it." in out
    assert "Sales: nothing to draft: all it has was dropped: sample data (1)." in out
