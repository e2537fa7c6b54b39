"""The command line as a person meets it: real processes on real files."""

from __future__ import annotations

import errno
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from bot.__main__ import place_told
from tests import commands

PATIENCE = 30.0  # seconds a start may take on a busy machine


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFILL_")}
    return {**kept, "BACKFILL_DATA": str(data), "BACKFILL_PORT": "0", **more}


def backfill(data: Path, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """A command, forked off: only `running` starts an interpreter cold."""
    settings = {"BACKFILL_DATA": str(data), "BACKFILL_PORT": "0", **more}
    return commands.forked(words, settings, Path.cwd(), stdin)


@contextmanager
def running(data: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process serving the page, and the address it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=environment(data, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + (process.stderr.read() if process.stderr else "")
        yield process, found[0]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_the_page_answers_and_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as (process, address):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = opener.open(address, timeout=PATIENCE).read().decode()
        assert "What are you working towards?" in page
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0
    assert backfill(tmp_path, "check").returncode == 0


def test_a_wrong_setting_stops_the_start_with_its_sentence(tmp_path: Path) -> None:
    refused = backfill(tmp_path, "run", BACKFILL_PORT="http")
    assert refused.returncode == 2
    assert refused.stderr == (
        "backfill: BACKFILL_PORT must be a number from 0 to 65535, not “http”. 0 takes a free port.\n"
    )


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path) as (_, address):
        port = re.search(r":(\d+)/", address)
        assert port
        refused = backfill(tmp_path / "other", "run", BACKFILL_PORT=port[1])
        assert refused.returncode == 2
        assert f"Port {port[1]}" in refused.stderr
        assert "BACKFILL_PORT" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_the_terminal_and_the_page_are_one_learner(tmp_path: Path) -> None:
    """The introduction is begun in the terminal and found half done by a second terminal, and by the page."""
    first = backfill(tmp_path, "drill", stdin="1\n2\nq\n")
    assert first.returncode == 0, first.stderr
    assert "How much on an ordinary day?" in first.stdout
    assert "1 of" in first.stdout
    with running(tmp_path) as (_, address):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = opener.open(address, timeout=PATIENCE).read().decode()
        assert "What are you working towards?" not in page


def test_drilling_an_unknown_deck_says_where_to_look(tmp_path: Path) -> None:
    refused = backfill(tmp_path, "drill", "no-such-deck")
    assert refused.returncode == 2
    assert "There is no deck or track “no-such-deck”. `backfill decks list` shows what there is." in refused.stderr


def test_a_malformed_deck_never_stops_the_process(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "bad.md").write_text("---\ndeck: bad\n---\nQ: without an answer\n")
    with running(tmp_path / "data", BACKFILL_DECKS=str(mine)) as (process, _):
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert "decks.error" in errors
    assert "bad.md" in errors
    looked = backfill(tmp_path / "data", "doctor", BACKFILL_DECKS=str(mine))
    assert looked.returncode == 1
    assert "MEND" in looked.stdout
    assert re.search(r"ok +\d+ decks, [\d,]+ cards", looked.stdout)


def test_backup_and_restore_bring_the_same_progress_back(tmp_path: Path) -> None:
    backfill(tmp_path, "drill", stdin="1\n2\nq\n")
    copy = tmp_path / "copy.db"
    assert backfill(tmp_path, "backup", str(copy)).returncode == 0
    elsewhere = tmp_path / "elsewhere"
    restored = backfill(elsewhere, "restore", str(copy), "--verify")
    assert restored.returncode == 0, restored.stderr
    again = backfill(elsewhere, "drill", stdin="q\n")
    assert "What are you working towards?" not in again.stdout
    copy.write_bytes(copy.read_bytes()[:5000])
    refused = backfill(tmp_path / "third", "restore", str(copy), "--verify")
    assert refused.returncode != 0
    assert not (tmp_path / "third" / "backfill.db").exists()


def test_a_database_from_a_newer_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    backfill(tmp_path, "drill", stdin="q\n")
    database = sqlite3.connect(tmp_path / "backfill.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    refused = backfill(tmp_path, "run")
    assert refused.returncode == 2
    assert "newer version" in refused.stderr
    assert "Traceback" not in refused.stderr
    looked = backfill(tmp_path, "doctor")
    assert looked.returncode == 1
    assert "MEND  The database was written by a newer version" in looked.stdout


def test_a_data_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for command in ("run", "drill"):
        refused = backfill(tmp_path / "file", command)
        assert refused.returncode == 2
        assert refused.stderr == (
            f"backfill: The data folder {tmp_path / 'file'} cannot be made (file exists). "
            "Set BACKFILL_DATA to another folder.\n"
        )


@pytest.mark.parametrize("command", ["run", "drill", "decks", "check", "backup", "restore", "doctor"])
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    told = backfill(tmp_path, command, "--help")
    assert told.returncode == 0
    assert "usage: backfill" in told.stdout


def test_a_sigterm_during_load_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Presses go on while the process is told to stop; whatever was answered is there afterwards."""
    answered = 0
    with running(tmp_path) as (process, address):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        origin = address.split("/?")[0]
        opener.open(address, timeout=PATIENCE).read()
        stop_at = time.monotonic() + 1.0
        while process.poll() is None:
            body = f"payload=E.new.{answered % 100}&key=press-{answered}".encode()
            request = urllib.request.Request(f"{origin}/act", body, {"Origin": origin})
            try:
                opener.open(request, timeout=PATIENCE).read()
            except OSError:
                break
            answered += 1
            if time.monotonic() > stop_at:
                process.send_signal(signal.SIGTERM)
                stop_at = float("inf")
        assert process.wait(timeout=PATIENCE) == 0
    assert answered > 20
    database = sqlite3.connect(tmp_path / "backfill.db")
    kept = database.execute("SELECT count(*) FROM receipts WHERE key LIKE '%press-%'").fetchone()[0]
    database.close()
    assert kept >= answered


def test_a_place_that_cannot_be_written_is_named_with_its_reason_and_a_remedy(tmp_path: Path) -> None:
    backfill(tmp_path, "drill", stdin="q\n")
    (tmp_path / "taken").write_text("a file where a folder should be")
    told = backfill(tmp_path, "backup", str(tmp_path / "taken" / "copy.db"))
    assert told.returncode == 2
    assert told.stderr == f"backfill: {tmp_path / 'taken'} cannot be used: file exists.\n"
    (tmp_path / "drill.log").unlink()
    (tmp_path / "drill.log").mkdir()
    told = backfill(tmp_path, "drill", stdin="q\n")
    assert told.stderr == f"backfill: {tmp_path / 'drill.log'} cannot be used: is a directory.\n"


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.EROFS, "Choose a folder this user may write to."), (errno.ENOSPC, "Free some disk space.")],
)
def test_a_disk_that_takes_nothing_says_what_to_do(number: int, remedy: str) -> None:
    told = place_told(OSError(number, os.strerror(number), "/backups/copy.db"))
    assert told.startswith("/backups/copy.db cannot be used: ")
    assert told.endswith(f". {remedy}")
    assert "Errno" not in told
