"""`backfill decks ...`: what an author runs over deck files. Output is plain text that can be grepped, or JSON."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from bot.deck_preview import CHOICE, preview
from bot.deck_targets import UsageError, cards_at, cards_in, decks_in, files_of, find, reaching, slugs_of
from bot.settings import Settings, read_settings
from decks import published as publications
from decks.ids import Written, ids_in, write_ids
from decks.library import Library, folders, shown
from decks.lint import SYNTAX, Finding, Sheet, lint
from decks.model import Card, Deck, Importance, Track
from decks.rules import Severity
from decks.slugs import slug
from decks.sources import FILE as SOURCES
from decks.text import plain

SURFACES = ("telegram", "discord", "page", "terminal")
MOST = 50  # cards that `flags` names
EVERY = 1_000_000  # cards: no catalogue has more


class _Said(msgspec.Struct, frozen=True):
    """What a command prints, and its exit code."""

    code: int = 0
    lines: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


_Command = Callable[[argparse.Namespace, Library], _Said]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `decks` and its subcommands to the command line."""
    parser = subparsers.add_parser("decks", help="list, read, check and preview decks")
    commands = parser.add_subparsers(dest="deck_command", required=True, metavar="command")
    for name, (run_it, words, arguments) in _COMMANDS.items():
        command = commands.add_parser(name, help=words)
        for flags, options in arguments:
            command.add_argument(*flags, **options)
        command.add_argument("--json", action="store_true", help="print JSON instead of text")
        command.set_defaults(run_deck_command=run_it)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run the chosen subcommand on the built-in decks and those that BACKFILL_DECKS names.

    The exit code is 0, 1 where decks have errors, 2 where the request made no sense. Raises StoreError where a
    command that reads the database cannot.
    """
    args.database, args.publications = settings.database, settings.data / publications.FOLDER
    try:
        library = Library(folders(settings.decks))
        command: _Command = args.run_deck_command
        said = command(args, library)
    except (UsageError, ValueError) as error:
        said = _Said(2, errors=(str(error),))
    sys.stdout.write("".join(f"{line}\n" for line in said.lines))
    sys.stderr.write("".join(f"{line}\n" for line in said.errors))
    return said.code


def main(argv: Sequence[str]) -> int:
    """`backfill decks` on its own: `main(["lint", "scd-types"])`."""
    parser = argparse.ArgumentParser(prog="backfill")
    add_parser(parser.add_subparsers(required=True))
    return run(parser.parse_args(["decks", *argv]), read_settings())


def _list(args: argparse.Namespace, library: Library) -> _Said:
    rows = [row for sheet in library.sheets if (row := _listed(sheet, library))]
    if args.json:
        return _with_errors(_json(rows).lines, library)
    cells = [
        (row["slug"], _size(row), row["level"], row["title"] + (" (draft)" if row["draft"] else "")) for row in rows
    ]
    width = [max((len(line[column]) for line in cells), default=0) for column in range(3)]
    lines = (
        f"{slug:{width[0]}}  {size:>{width[1]}}  {level:{width[2]}}  {title}" for slug, size, level, title in cells
    )
    return _with_errors(lines, library)


def _listed(sheet: Sheet, library: Library) -> dict[str, Any] | None:
    """A deck or track as `--json` lists it; None where the file holds neither."""
    deck = sheet.parsed.deck
    match deck:
        case Deck():
            size = len(cards_in(sheet, library.sources))
            told: dict[str, Any] = {"cards": size, "level": deck.level, "draft": deck.draft}
        case Track():
            taught = library.current.tracks.get(deck.slug)  # without the drafts it names
            told = {"decks": len(taught.decks) if taught else 0, "level": "track", "draft": False}
        case None:
            return None
    return {"slug": deck.slug, "title": deck.title, **told, "namespace": sheet.namespace, "file": sheet.file}


def _size(row: dict[str, Any]) -> str:
    return _plural(row["cards"], "card") if "cards" in row else _plural(row["decks"], "deck")


def _show(args: argparse.Namespace, library: Library) -> _Said:
    sheet = find(args.slug, library)
    deck, asked = sheet.parsed.deck, cards_in(sheet, library.sources)
    if not isinstance(deck, Deck):
        raise UsageError(f"'{args.slug}' is a track: it names decks and holds no cards.")
    if args.json:
        return _json({"deck": deck, "cards": asked})
    lines = [f"{deck.title} ({deck.slug}), {deck.level}, {_plural(len(asked), 'card')}", deck.about]
    for section, group in itertools.groupby(asked, lambda card: card.section):
        lines += ["", f"# {section}"] if section else [""]
        for card in group:
            lines += [card.id, f"    {_one_line(card.front)}"]
    return _Said(lines=tuple(lines))


def _stats(args: argparse.Namespace, library: Library) -> _Said:
    wanted = [find(args.slug, library)] if args.slug else library.sheets
    held = [(sheet, deck) for sheet, deck in decks_in(library) if sheet in wanted]
    if not held and args.slug:
        raise UsageError(f"'{args.slug}' is a track: it names decks and holds no cards.")
    counts = {deck.slug: _count(deck, cards_in(sheet, library.sources)) for sheet, deck in held}
    if args.json:
        return _json(counts)
    lines: list[str] = []
    for name, count in counts.items():
        kinds = ", ".join(f"{kind} {number}" for kind, number in count["kinds"].items())
        lines.append(f"{name}: {_plural(count['cards'], 'card')} from {_plural(count['notes'], 'note')}")
        lines.append(f"    {kinds or 'no cards yet'}")
        lines.append(f"    {count['choice']} can be a choice, {count['core']} are core, {count['as_of']} are dated")
    total = sum(count["cards"] for count in counts.values())
    return _with_errors([*lines, f"{_plural(len(counts), 'deck')}, {_plural(total, 'card')}"], library)


def _sources(args: argparse.Namespace, library: Library) -> _Said:
    from bot.deck_sources import by_section, told

    cards = (card for sheet, _ in decks_in(library) for card in cards_in(sheet, library.sources))
    found = by_section(cards, library.sources)
    return _json(found) if args.json else _with_errors(told(found), library)


def _count(deck: Deck, asked: Sequence[Card]) -> dict[str, Any]:
    return {
        "cards": len(asked),
        "notes": len(deck.notes),
        "kinds": dict(Counter(str(card.kind) for card in asked).most_common()),
        "choice": sum(len(card.distractors) >= CHOICE for card in asked),
        "core": sum(card.importance is Importance.CORE for card in asked),
        "as_of": sum(bool(card.as_of) for card in asked),
    }


def _lint(args: argparse.Namespace, known: Library) -> _Said:
    library = reaching(args.target, known)
    wanted = files_of(args.target, library)
    month = datetime.now().astimezone().strftime("%Y-%m")
    found = lint(library.sheets, library.sources, month=month, traces=library.traces(), files=wanted)
    findings = [*found, *_sources_findings(library)]
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    code = 1 if errors or (args.strict and warnings) else 0
    if args.json:
        return _json(findings, code)
    size = sum(len(cards_in(sheet, library.sources)) for sheet in library.sheets if sheet.file in wanted)
    return _Said(code, (*report(findings), _verdict(size, errors, warnings)))


def report(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings as lines of text: a line naming the file, then what is wrong and what to do in two columns."""
    for file in dict.fromkeys(finding.file for finding in findings):
        group = [finding for finding in findings if finding.file == file]
        number = max(len(str(finding.line)) for finding in group)
        rule = max(8, *(len(finding.rule) for finding in group))
        yield file
        for finding in group:
            start = f"  {finding.line:>{number}}  {finding.severity:7}  {finding.rule:{rule}}  "
            yield start + finding.problem
            yield " " * len(start) + finding.remedy


def _verdict(size: int, errors: int, warnings: int) -> str:
    end = " Nothing can be published with an error." if errors else ""
    counted = f"{_plural(errors, 'error')}, {_plural(warnings, 'warning')}"
    return f"{_plural(size, 'card')}: {counted}.{end}"


def _preview(args: argparse.Namespace, library: Library) -> _Said:
    chosen = cards_at(args.card, library)
    if args.surface:
        return _shown_as(args.surface, chosen, library, json=args.json)
    if args.json:
        return _json(chosen)
    return _Said(lines=("\n\n".join(preview(card) for card in chosen),))


def _shown_as(surface: str, chosen: Sequence[Card], library: Library, *, json: bool) -> _Said:
    from bot.deck_screens import RULE, sides  # with the renderers, which no other command here needs

    drawn = {card.id: sides(card, surface, library.current) for card in chosen}
    if json:
        return _json(drawn)
    return _Said(lines=("\n\n".join(f"{side.question}\n{RULE}\n{side.answer}" for side in drawn.values()),))


def _diff(args: argparse.Namespace, known: Library) -> _Said:
    from bot import deck_diff
    from storage.audience import audience

    library = reaching([args.target] if args.target else [], known)
    wanted = slugs_of(args.target, library) if args.target else None
    live = Library(library.folders, args.publications)
    published = frozenset(f.namespace for f in library.folders if publications.live(args.publications, f.namespace))
    with audience(args.database) as people:
        base = deck_diff.baseline(library, live, published, people)
        told = deck_diff.diff(library, base, people)
    told = tuple(one for one in told if wanted is None or one.deck in wanted)
    if args.json:
        return _json(told)
    return _with_errors(deck_diff.report(told, whole=wanted is not None), library)


def _publish(args: argparse.Namespace, library: Library) -> _Said:
    from bot import deck_publish

    chosen = deck_publish.choose(args.folder, library.folders, args.publications)
    if args.previous:
        slugs = deck_publish.take_back(chosen, args.publications)
        return _json({"live": slugs}) if args.json else _Said(lines=tuple(deck_publish.said_back(slugs)))
    told = deck_publish.publish(chosen, library.folders, args.publications)
    code = 1 if told.findings else 0
    if args.json:
        return _json(told, code)
    if told.findings:
        wrong = f"{_plural(len(told.findings), 'error')}. Nothing was published."
        return _Said(1, (*report(told.findings), wrong))
    return _Said(lines=tuple(deck_publish.said(told)))


def _health(args: argparse.Namespace, library: Library) -> _Said:
    from bot.deck_health import table
    from storage.audience import audience

    wanted = {card.id for card in cards_in(find(args.slug, library), library.sources)}
    with audience(args.database) as people:
        found = people.health(wanted)
    if args.json:
        return _json(found)
    return _Said(lines=tuple(table(found, library.current.cards)))


def _flags(args: argparse.Namespace, library: Library) -> _Said:
    from bot.deck_flags import table  # with the database's libraries, which no other command here needs
    from storage.author import report as reported

    wanted = {card.id for card in cards_in(find(args.slug, library), library.sources)} if args.slug else None
    found = [one for one in reported(args.database, limit=EVERY) if wanted is None or one.card in wanted]
    found = found[: args.most]
    if args.json:
        return _json(found)
    if not found:
        where = f" of {args.slug}" if args.slug else ""
        return _Said(lines=(f"No card{where} has been reported, contested or failed.",))
    return _Said(lines=tuple(table(found, library.current.cards)))


def _id(args: argparse.Namespace, library: Library) -> _Said:
    namespaces = {path.resolve(): namespace for path, namespace in library.paths.items()}
    taken: dict[str, set[str]] = {}
    for path, namespace in namespaces.items():
        taken.setdefault(namespace, set()).update(ids_in(_read(path)))
    written: list[dict[str, Any]] = []
    for path in [Path(path).resolve() for path in args.path] or namespaces:
        used = taken.setdefault(namespaces.get(path) or slug(path.parent.name), set())
        written += [{"file": shown(path), "line": one.line, "id": one.id} for one in _write_ids(path, used)]
    if args.json:
        return _json(written)
    lines = [f"{one['file']}:{one['line']}  {one['id']}" for one in written]
    return _Said(lines=(*lines, f"{_plural(len(written), 'id')} written." if written else "Every note has an id."))


def _write_ids(path: Path, used: set[str]) -> tuple[Written, ...]:
    text, written = write_ids(_read(path), used)
    if written:
        path.write_bytes(text.encode())
    used |= {one.id for one in written}
    return written


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"{shown(path)} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown(path)} is not UTF-8.") from error


def _sources_findings(library: Library) -> list[Finding]:
    """Errors of sources.toml files, which no deck's finding tells."""
    broken = (error for error in library.errors if error.file.endswith(SOURCES))
    return [Finding(e.file, e.line, Severity.ERROR, SYNTAX, f"{e.problem}.", e.remedy) for e in broken]


def _with_errors(lines: Iterable[str], library: Library) -> _Said:
    """Lines about decks, and on the error stream what could not be read."""
    return _Said(1 if library.errors else 0, tuple(lines), tuple(str(error) for error in library.errors))


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _json(value: object, code: int = 0) -> _Said:
    return _Said(code, (msgspec.json.format(msgspec.json.encode(value), indent=2).decode(),))


def _derive(args: argparse.Namespace, library: Library) -> _Said:
    from bot import derive_command  # its parsers are slow to import and seldom needed

    return _Said(*derive_command.derive(args, library))


def _coverage(args: argparse.Namespace, library: Library) -> _Said:
    from bot import derive_command

    return _Said(*derive_command.cover(args, library))


_Argument = tuple[tuple[str, ...], dict[str, Any]]
_SOURCES: _Argument = (
    ("source",),
    {"nargs": "+", "metavar": "SOURCE", "help": "a file, a folder, an address, or - for standard input"},
)
_COMMANDS: dict[str, tuple[_Command, str, tuple[_Argument, ...]]] = {
    "list": (_list, "decks and tracks, one a line", ()),
    "show": (_show, "the cards of a deck", ((("slug",), {}),)),
    "stats": (
        _stats,
        "how many cards of which kind",
        ((("slug",), {"nargs": "?", "default": "", "metavar": "SLUG", "help": "default: every deck"}),),
    ),
    "sources": (_sources, "which decks teach each section of each document", ()),
    "lint": (
        _lint,
        "check decks by the card rules",
        (
            (("target",), {"nargs": "*", "metavar": "SLUG|PATH", "help": "default: every deck"}),
            (("--strict",), {"action": "store_true", "help": "fail on warnings too"}),
        ),
    ),
    "preview": (
        _preview,
        "print a card as a learner sees it",
        (
            (("card",), {"metavar": "CARD-ID|FILE:LINE"}),
            (
                ("--as",),
                {"dest": "surface", "choices": SURFACES, "default": "", "help": "both sides as shown there"},
            ),
        ),
    ),
    "diff": (
        _diff,
        "deck files against what learners have now, and how many it touches",
        ((("target",), {"nargs": "?", "default": "", "metavar": "SLUG|PATH", "help": "default: every deck"}),),
    ),
    "publish": (
        _publish,
        "let learners have the decks as they are, checked; the folder then changes only so",
        (
            (("folder",), {"nargs": "*", "metavar": "FOLDER", "help": "a folder's name or path; default: your own"}),
            (("--previous",), {"action": "store_true", "help": "take the latest publication back"}),
        ),
    ),
    "health": (
        _health,
        "how a deck's cards do: first try, commonest wrong answer, reports",
        ((("slug",), {}),),
    ),
    "flags": (
        _flags,
        "what learners say of cards: reports, contested answers, fail rates",
        (
            (("slug",), {"nargs": "?", "default": "", "help": "only this deck's cards"}),
            (("--most",), {"type": int, "default": MOST, "metavar": "N", "help": f"cards named; default {MOST}"}),
        ),
    ),
    "derive": (
        _derive,
        "draft decks from curricula",
        (
            _SOURCES,
            (("--into",), {"metavar": "FOLDER", "default": "drafts", "help": "where they go (default: drafts)"}),
            (("--update",), {"action": "store_true", "help": "derive again, keeping ids and what authors wrote"}),
            (("--dry-run",), {"action": "store_true", "help": "say what would be written, and write nothing"}),
        ),
    ),
    "coverage": (_coverage, "what of a curriculum the decks cover, and what they lack", (_SOURCES,)),
    "id": (_id, "write ids into notes that have none", ((("path",), {"nargs": "*", "metavar": "PATH"}),)),
}
