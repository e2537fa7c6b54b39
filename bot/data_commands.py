"""The commands on a learner's own data: `backfill export`, `import` and `delete`, the learner named by an account."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from bot.core.actions import Erase
from bot.core.model import Account
from bot.settings import Settings

WRONG = "Name an account as platform:id, such as telegram:100200300, discord:100200300, web:local or terminal:local."


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The three commands with their arguments."""
    named = {"metavar": "platform:id", "help": "an account of the learner, such as telegram:100200300 or web:local"}
    export = commands.add_parser("export", help="write everything kept about a learner to files")
    export.add_argument("account", **named)  # type: ignore[arg-type]
    export.add_argument("folder", nargs="?", type=Path, default=Path(), help="where to; here without one")
    export.set_defaults(command=_export)
    bring = commands.add_parser("import", help="bring an exported learner back, whole or not at all")
    bring.add_argument("source", type=Path, help="the .json or .json.gz of an export")
    bring.set_defaults(command=_import)
    delete = commands.add_parser("delete", help="delete everything kept about a learner")
    delete.add_argument("account", **named)  # type: ignore[arg-type]
    delete.add_argument("--yes", action="store_true", help="do it without asking")
    delete.set_defaults(command=_delete)


def write_export(database: str, account: Account, folder: Path, at: int) -> tuple[Path, Path] | None:
    """Write a learner's two files into a folder; None when there is nobody. Raises StoreError, OSError; a file that is
    there already is never overwritten (FileExistsError)."""
    from storage.export import export

    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.gmtime(at / 1000))
    targets = folder / f"backfill-export-{stamp}.json", folder / f"backfill-log-{stamp}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    done = False
    with targets[0].open("xb") as document, targets[1].open("xb") as table:
        try:
            done = export(database, account, document, table, at)
        finally:
            if not done:
                for target in targets:
                    target.unlink()
    return targets if done else None


def _export(args: argparse.Namespace, settings: Settings) -> int:
    written = write_export(settings.database, _account(args.account), args.folder, _now())
    if written is None:
        return _nobody(args.account)
    _say(f"Written: {written[0]} (all of it; `backfill import` brings it back) and {written[1]} (the log as a table).")
    return 0


def _import(args: argparse.Namespace, settings: Settings) -> int:
    from storage.restore_learner import import_file

    settings.make_data()
    done = import_file(settings.database, args.source)
    names = ", ".join(f"{account.platform}:{account.external}" for account in done.accounts)
    if done.was_there:
        _say(f"Everything in this file is here already ({names}); nothing was added.")
    else:
        _say(f"Imported {done.entries:,} log entries for {names}.")
    return 0


def _delete(args: argparse.Namespace, settings: Settings) -> int:
    account = _account(args.account)
    if not args.yes:
        _say(
            f"This deletes everything kept about {args.account}, on all linked accounts. Only an export brings it back."
        )
        if input("Type the account once more to delete it: ").strip() != args.account:
            _say("Nothing was deleted.")
            return 1
    return 0 if asyncio.run(_erased(settings, account)) else _nobody(args.account)


async def _erased(settings: Settings, account: Account) -> bool:
    from bot.core.my_data import is_deleted
    from bot.process import tutor

    async with tutor(settings) as (door, _):
        reply = await door.handle(account, Erase(asked=_now()), "")
    if is_deleted(reply):
        _say(f"Everything kept about {account.platform}:{account.external} is deleted. Older backups still hold it.")
    return is_deleted(reply)


def _account(text: str) -> Account:
    platform, _, external = text.partition(":")
    if not platform or not external:
        raise ValueError(WRONG)
    return Account(platform, external)


def _nobody(name: str) -> int:
    raise ValueError(f"Nothing is kept about {name}.")


def _now() -> int:
    return time.time_ns() // 1_000_000


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - the command line speaks through print
