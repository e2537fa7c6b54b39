"""Quiz nights with one, five and sixty players, as the channel and each player see them."""

from __future__ import annotations

from pathlib import Path

from .world import Night


async def test_a_whole_game_of_five(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben, chidi, dana = night.players(["Mira", "Ana", "Ben", "Chidi", "Dana"])
        await mira.starts("decks:txn-isolation questions:3 hints:on")
        for player in (ana, ben, chidi):
            await player.presses("Join")
            await night.time.passes(1)
        await night.passes(12)
        await ana.answers(right=True, quiet=False)
        await night.passes(3)
        await ben.answers(right=False)
        await ben.answers(right=True, quiet=False)
        await night.passes(30)
        print("\n".join(night.transcript))
        print((await night.quiz()))
        assert False
