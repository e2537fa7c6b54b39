"""Folders of decks, edited while they are being studied."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from decks.library import Folder, Library, builtin, folders
from tests.decks.text import HEADER

GOOD = """Q: Which row is open?
A: The current one
id: open-row

Q: Which row is closed?
A: An old one
id: closed-row
"""


def save(path: Path, body: str, header: str = HEADER) -> None:
    """Write a file as an editor would; its time moves on even on a coarse clock."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(header + body)
    os.utime(path, ns=(before + 2_000_000_000,) * 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "things.md", GOOD)
    return tmp_path


def library_of(*paths: Path) -> Library:
    return Library([Folder(path, f"n{at}") for at, path in enumerate(paths)])


def test_the_packaged_decks_load_without_an_error() -> None:
    library = Library([builtin()])
    assert [str(error) for error in library.errors] == []
    assert library.current.cards
    assert all(card.startswith("backfill:") for card in library.current.cards)


def test_nothing_is_read_again_until_something_changed(folder: Path) -> None:
    library = library_of(folder)
    before = library.current
    assert not library.refresh()
    assert library.current is before
    save(folder / "things.md", GOOD.replace("The current one", "The newest one"))
    assert library.refresh()
    assert not library.refresh()
    assert [card.id for card in library.current.cards.values()] == ["n0:open-row", "n0:closed-row"]
    assert before.cards["n0:open-row"].revision != library.current.cards["n0:open-row"].revision


def test_a_bad_edit_keeps_the_last_good_version_whole_and_is_told(folder: Path) -> None:
    library = library_of(folder)
    before = dict(library.current.cards)
    save(folder / "things.md", GOOD.replace("A: An old one\n", "").replace("The current one", "The newest one"))
    assert library.refresh()
    assert dict(library.current.cards) == before
    assert [(Path(error.file).name, error.line) for error in library.errors] == [("things.md", 13)]
    save(folder / "things.md", GOOD.replace("The current one", "The newest one"))
    assert library.refresh()
    assert library.errors == ()
    assert dict(library.current.cards) != before


def test_a_file_that_never_was_good_gives_the_notes_that_are(folder: Path) -> None:
    save(folder / "things.md", GOOD + "\nQ: Which?\nid: lost\n\nQ: And this?\nA: nameless\n")
    library = library_of(folder)
    assert list(library.current.cards) == ["n0:open-row", "n0:closed-row"]
    assert [error.problem for error in library.errors] == ["A 'Q:' note without an answer", "The note has no id"]


def test_the_first_of_two_cards_with_one_id_wins_and_the_other_deck_keeps_its_rest(folder: Path) -> None:
    twin = "Q: Which row is open now?\nA: x\nid: open-row\n\nQ: Which is mine?\nA: y\nid: mine\n"
    save(folder / "zwin.md", twin, HEADER.replace("deck: things", "deck: zwin"))
    library = library_of(folder)
    assert [card.id for card in library.current.cards_by_deck["zwin"]] == ["n0:mine"]
    assert library.current.cards["n0:open-row"].deck == "things"
    assert [error.line for error in library.errors] == [9]
    assert library.errors[0].problem.startswith("The id 'n0:open-row' is taken by ")


def test_two_folders_may_use_one_id_but_not_one_slug(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    save(other / "a.md", GOOD, HEADER.replace("deck: things", "deck: others"))
    save(other / "b.md", GOOD)
    library = library_of(folder, other)
    assert list(library.current.decks) == ["things", "others"]
    assert {"n0:open-row", "n1:open-row"} <= set(library.current.cards)
    assert [error.problem.partition(" is ")[0] for error in library.errors] == ["The deck 'things'"]


def test_drafts_are_not_listed_and_a_track_teaches_the_decks_that_are(folder: Path) -> None:
    save(folder / "draft.md", GOOD, HEADER.replace("deck: things", "deck: draft\nstatus: draft"))
    save(folder / "track.md", "", "---\ntrack: t\ntitle: T\ngoal: G\ndecks: draft, things\n---\n")
    library = library_of(folder)
    assert list(library.current.decks) == ["things"]
    assert library.current.tracks["t"].decks == ("things",)
    assert len(library.sheets) == 3


def test_sources_are_cited_and_a_broken_file_of_them_keeps_those_it_had(folder: Path) -> None:
    save(folder / "sources.toml", '[guide]\ntitle = "The guide"\n', header="")
    library = library_of(folder)
    assert library.errors == ()
    save(folder / "sources.toml", "[guide\n", header="")
    assert library.refresh()
    source = library.current.cards["n0:open-row"].source
    assert source is not None
    assert source.title == "The guide"
    assert [Path(error.file).name for error in library.errors] == ["sources.toml"]


def test_what_is_no_text_and_a_folder_that_went_away_are_told_and_stop_nothing(folder: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    save(inner / "b.md", GOOD, HEADER.replace("deck: things", "deck: inner"))
    (folder / "latin.md").write_bytes(b"---\ndeck: caf\xe9\n")
    library = library_of(folder, inner)
    assert [(error.line, error.problem) for error in library.errors] == [(2, "The file is not UTF-8")]
    inner.rename(tmp_path / "moved")
    assert library.refresh()
    assert "inner" in library.current.decks
    assert "cannot be read" in library.errors[0].problem
    assert not library.refresh()
    (tmp_path / "moved").rename(inner)
    assert library.refresh()
    assert [error.problem for error in library.errors] == ["The file is not UTF-8"]


def test_a_removed_file_takes_its_deck_along(folder: Path) -> None:
    library = library_of(folder)
    (folder / "things.md").unlink()
    assert library.refresh()
    assert not library.current.cards


def test_folders_are_named_in_the_setting(tmp_path: Path) -> None:
    setting = os.pathsep.join((str(tmp_path / "My Team"), f"ops={tmp_path / 'b'}"))
    assert [folder.namespace for folder in folders(setting)] == ["backfill", "my-team", "ops"]
    assert folders("") == (builtin(),)
    with pytest.raises(ValueError, match="both named 'ops'"):
        folders(f"ops=/a{os.pathsep}ops=/b")


def test_what_is_no_file_is_told_and_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    """Reading a pipe into which nobody writes would never end."""
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "circle.md").symlink_to(tmp_path / "circle.md")
    (tmp_path / "folder.md").mkdir()
    save(tmp_path / "things.md", GOOD)
    library = Library((Folder(tmp_path, "team"),))
    assert list(library.current.decks) == ["things"]
    assert [str(error).partition(": ")[2] for error in library.errors] == [
        "The file cannot be read (Too many levels of symbolic links). Check its permissions.",
        "This is no file. Move it out of the folder of decks.",
        "This is no file. Move it out of the folder of decks.",
    ]
