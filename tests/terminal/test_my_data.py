"""/export in the terminal writes into the folder one is in."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Begin
from bot.parcel import packer
from bot.terminal.app import drill
from tests.terminal.made import Typist, console, printed, tutor


async def test_the_files_are_written_here_and_never_over_others(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    async with tutor(tmp_path) as door:
        to = console()
        pack = packer(str(tmp_path / "progress.db"), lambda: 1_795_521_600_000)
        typist = Typist(["/export", "/export"])
        await drill(door.handle, first=Begin(), read=typist, console=to, pack=pack, folder=out)
    assert sorted(path.suffix for path in out.iterdir()) == [".csv", ".json"]
    said = " ".join(printed(to).split())
    assert "Written here: backfill-export-2026-11-24-120000.json" in said
    assert "The files could not be written here: file exists." in said
