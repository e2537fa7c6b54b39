"""The command line: `backfill run`, `drill`, `decks`, `check`, `backup`, `restore`, `doctor` and a learner's own."""

from __future__ import annotations

import argparse
import asyncio
import errno
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import data_commands, deck_commands
from bot.core.ports import StoreError
from bot.logs import start_logging
from bot.settings import Settings, SettingsError, read_settings

EXIT_WRONG = 2  # the request or the settings make no sense
EXIT_FOUND = 1  # the command ran and found something wrong


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = _parser().parse_args(argv)
    try:
        settings = read_settings()
        start_logging("WARNING")  # for commands that end at once; `run` and `drill` log as the settings say
        return int(args.command(args, settings))
    except (SettingsError, StoreError, ValueError) as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(place_told(error))
    except KeyboardInterrupt:
        return 130  # as a shell reports a process ended by SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="backfill", description="A spaced-repetition tutor for data engineers.")
    commands = parser.add_subparsers(required=True, metavar="command")
    run = commands.add_parser("run", help="serve the page, and every platform with a token in the settings")
    run.set_defaults(command=_run)
    drill = commands.add_parser("drill", help="drill here in the terminal")
    drill.add_argument("deck", nargs="?", default="", help="a deck or track; everything that is due without one")
    drill.set_defaults(command=_drill)
    deck_commands.add_parser(commands)
    commands.choices["decks"].set_defaults(command=deck_commands.run)
    check = commands.add_parser("check", help="compare the stored progress with the log")
    check.add_argument("--repair", action="store_true", help="rebuild what differs from the log (a backup is made)")
    check.set_defaults(command=_check)
    backup = commands.add_parser("backup", help="copy the database while it is in use")
    backup.add_argument("target", type=Path)
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="put a backup in the place of the database")
    restore.add_argument("source", type=Path)
    restore.add_argument("--verify", action="store_true", help="check the backup first; refuse a damaged one")
    restore.set_defaults(command=_restore)
    data_commands.add_parsers(commands)
    doctor = commands.add_parser("doctor", help="look at settings, decks and database, and say what to mend")
    doctor.set_defaults(command=_doctor)
    return parser


def _run(_args: argparse.Namespace, settings: Settings) -> int:
    from bot.process import serve

    start_logging(settings.log_level)
    asyncio.run(serve(settings, _say))
    return 0


def _drill(args: argparse.Namespace, settings: Settings) -> int:
    from bot.process import drill_here

    settings.make_data()
    start_logging(settings.log_level, settings.data / "drill.log")  # the terminal belongs to the drill
    asyncio.run(drill_here(settings, args.deck))
    return 0


def _check(args: argparse.Namespace, settings: Settings) -> int:
    from storage.check import check

    problems = check(settings.database, repair=args.repair)
    for problem in problems:
        _say(f"{problem.text} Repaired." if problem.repaired else problem.text)
    if not problems:
        _say("The stored progress is what the log adds up to.")
        return 0
    left = [problem for problem in problems if not problem.repaired]
    if args.repair:
        _say(f"{len(problems) - len(left)} repaired, {len(left)} left as they are.")
    else:
        _say("`backfill check --repair` mends what the log can mend, after a backup.")
    return EXIT_FOUND if left else 0


def _backup(args: argparse.Namespace, settings: Settings) -> int:
    from storage.backup import backup

    _say(f"Backed up to {backup(_file(settings), args.target)}.")
    return 0


def _restore(args: argparse.Namespace, settings: Settings) -> int:
    from storage.backup import restore

    restore(args.source, _file(settings), verify=args.verify)
    _say(f"Restored from {args.source}.")
    return 0


def _doctor(_args: argparse.Namespace, settings: Settings) -> int:
    from bot.doctor import examine

    findings = examine(settings)
    for finding in findings:
        _say(str(finding))
    return 0 if all(finding.well for finding in findings) else EXIT_FOUND


def _file(settings: Settings) -> Path:
    if settings.sqlite_path is None:
        raise SettingsError("Progress is kept by a PostgreSQL server: use its own tools (pg_dump, pg_restore).")
    return settings.sqlite_path


def _refused(sentence: str) -> int:
    print(f"backfill: {sentence}", file=sys.stderr)  # noqa: T201 - the command line speaks through print
    return EXIT_WRONG


def place_told(error: OSError) -> str:
    """What is wrong with a file or folder, and what to do about it; numbers of errors help nobody."""
    if error.filename is None or not error.strerror:
        return str(error)
    reason = error.strerror[:1].lower() + error.strerror[1:]
    remedy = _REMEDIES.get(error.errno or 0, "")
    return f"{error.filename} cannot be used: {reason}.{remedy}"


_ELSEWHERE = " Choose a folder this user may write to."
_REMEDIES = {
    errno.EROFS: _ELSEWHERE,
    errno.EACCES: _ELSEWHERE,
    errno.EPERM: _ELSEWHERE,
    errno.ENOSPC: " Free some disk space.",
    errno.EDQUOT: " Free some disk space.",
}


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - the command line speaks through print


if __name__ == "__main__":
    sys.exit(main())
