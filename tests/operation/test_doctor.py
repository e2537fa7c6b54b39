"""What `backfill doctor` says of the names of settings and of the page's port."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from bot.doctor import examine
from bot.settings import read_settings
from bot.web.app import serve
from tests.web.scripted import ScriptedTutor


def said(tmp_path: Path, **environment: str) -> list[str]:
    settings = read_settings({"BACKFILL_DATA": str(tmp_path), **environment}, tmp_path / ".env")
    return [str(finding) for finding in examine(settings)]


def test_a_misspelled_setting_and_a_port_of_another_program_are_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        found = said(tmp_path, BACKFILL_PORT=str(port), BACKFILL_PROT="9000", BACKFILL_X="1")
    assert [line for line in found if line.startswith("MEND")] == [
        "MEND  BACKFILL_PROT is no setting: did you mean BACKFILL_PORT?",
        "MEND  BACKFILL_X is no setting: the README lists them.",
        f"MEND  Port {port} is taken: end the other program or set BACKFILL_PORT.",
    ]


async def test_a_port_that_backfill_itself_has_is_well(tmp_path: Path) -> None:
    page = await serve(ScriptedTutor().handle, port=0, announce=lambda _: None)
    try:
        port = page.address.split(":")[2].split("/")[0]
        found = await asyncio.to_thread(said, tmp_path, BACKFILL_PORT=port)
    finally:
        await page.close()
    assert f"ok    Port {port} is where Backfill is running now." in found
