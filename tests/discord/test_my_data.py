"""/export and /delete in Discord: the files come where only their owner sees them."""

from __future__ import annotations

from .backfill import Backfill
from .people import Person

EPHEMERAL = 1 << 6  # https://docs.discord.com/developers/resources/message#message-object-message-flags


async def test_both_files_come_where_only_their_owner_sees_them(running: Backfill, member: Person) -> None:
    await member.commands("privacy")
    await member.presses("Export")
    sent = [call.json for call in running.env.http_requests if call.json and "attachments" in call.json]
    names = [body["attachments"][0]["filename"] for body in sent]
    assert names == ["backfill-export-2026-11-24-174200.json", "backfill-log-2026-11-24-174200.csv"]
    assert [body["flags"] & EPHEMERAL for body in sent] == [EPHEMERAL] * 2


async def test_everything_is_deleted_by_a_second_press(running: Backfill, member: Person) -> None:
    await member.commands("delete")
    await member.presses("Yes, delete everything")
    assert "Everything about you is deleted." in member.screen
    await member.commands("export")
    assert "Nothing is kept about you here." in member.screen
