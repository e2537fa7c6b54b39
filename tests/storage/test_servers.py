"""The settings of servers, on every store."""

from __future__ import annotations

from bot.core.model import Scope, ScopeKind
from bot.core.ports import Store
from bot.core.server_book import ServerBook
from bot.core.servers import Hosts, Server


async def test_a_server_that_was_never_set_up_has_the_defaults(store: Store) -> None:
    assert await ServerBook(store).find("discord", "1") == Server(platform="discord", external="1")


async def test_what_was_settled_last_is_found(store: Store) -> None:
    book = ServerBook(store)
    settled = Server(
        platform="discord",
        external="1",
        channels=("5", "6"),
        scope=Scope(ScopeKind.TRACK, "databricks-dea"),
        hosts=Hosts.ROLE,
        role="9",
    )
    await book.save(Server(platform="discord", external="1", channels=("7",)))
    await book.save(settled)
    await book.save(Server(platform="discord", external="2"))
    assert await book.find("discord", "1") == settled
    assert (await book.find("discord", "2")).channels == ()
