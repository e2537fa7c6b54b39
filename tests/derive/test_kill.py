"""`decks derive` killed at every step of its writing: the drafts are those before or those after, never half."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.deck_commands import main
from tests.derive.test_update import SENCHA, TEA

PAN = "# Pans\n\n- **Wok** \u2014 a round pan in which food is tossed over a strong fire.\n"

# Forks before each run; the child is gone without a word in the moment it would do step n, as under SIGKILL.
VICTIMS = """
import contextlib, io, os, shutil, sys
import bot.derive_command
from bot.deck_commands import main
from decks.library import Library, builtin

Library([builtin()])  # read once for all the forks
kept, n, killed = sys.argv[1], 0, True
while killed:
    n += 1
    desk = f"{kept}-{n}"
    shutil.copytree(kept, desk)
    child = os.fork()
    if child == 0:
        os.chdir(desk)
        steps = 0

        def counted(event, args):
            global steps
            writes = event == "open" and isinstance(args[1], str) and "w" in args[1]
            if (writes or event in ("os.rename", "os.rmdir")) and desk in os.path.realpath(str(args[0])):
                steps += 1
                if steps == n:
                    os._exit(137)

        sys.addaudithook(counted)
        with contextlib.redirect_stdout(io.StringIO()):
            os._exit(main(["derive", "tea.md", "pans.md", *sys.argv[2:]]))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 137), code
    killed = code == 137
print(n)
"""


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def derive(desk: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> dict[str, bytes]:
    monkeypatch.chdir(desk)
    assert main(("derive", "tea.md", "pans.md", *more)) == 0
    return files(desk / "drafts")


@pytest.mark.parametrize("again", [False, True], ids=["first", "update"])
def test_a_killed_run_leaves_the_drafts_before_it_or_those_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    desk, clean = tmp_path / "desk", tmp_path / "clean"
    more = ("--update",) if again else ()
    for folder in (desk, clean):
        folder.mkdir()
        (folder / "tea.md").write_text(TEA)
        (folder / "pans.md").write_text(PAN)
        if again:
            derive(folder, monkeypatch)
            (folder / "tea.md").write_text(TEA.replace("partly oxidised", "half oxidised").replace(SENCHA, ""))
            (folder / "pans.md").write_text(PAN.replace("strong", "roaring"))
    wanted = derive(clean, monkeypatch, *more)
    run = [sys.executable, "-c", VICTIMS, str(desk), *more]
    runs = int(subprocess.run(run, check=True, capture_output=True, text=True, timeout=60).stdout)
    assert runs > 8, "killed at every file, at the turn, and at every move"
    for n in range(1, runs + 1):
        after = Path(f"{desk}-{n}")
        monkeypatch.chdir(after)
        assert main(("derive", "tea.md", "pans.md", "--update")) == 0
        assert files(after / "drafts") == wanted, f"killed at step {n}"
