"""The rooms and what each may import, as a table."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"bot", "decks", "scheduler", "storage"}
ADAPTERS = ("bot.web", "bot.terminal", "bot.telegram", "bot.discord")

# Room -> the rooms of ours it may import, besides itself. The longest matching name decides.
MAY_IMPORT = {
    "scheduler": (),
    "decks": (),
    "bot.core": ("scheduler", "decks.meaning", "decks.model", "decks.text"),
    "storage": ("bot.core", "scheduler", "decks.model"),
    "bot.web": ("bot.core", "decks.model", "decks.text", "scheduler.model"),
    "bot.terminal": ("bot.core", "decks.model", "decks.text", "scheduler.model"),
    "bot.telegram": ("bot.core", "decks.model", "decks.text", "scheduler.model"),
    "bot.discord": ("bot.core", "decks.model", "decks.text", "scheduler.model"),
    "bot.quiz": ("bot.core", "decks.model", "decks.text", "scheduler.schedule"),
    "bot.settings": ("bot.core",),
    "bot.rounds": ("bot.core",),
    "bot.logs": (),
    "bot.parcel": ("bot.core", "storage.export"),
    "bot.data_commands": (
        "bot.core",
        "bot.process",
        "bot.settings",
        "storage.export",
        "storage.restore_learner",
    ),
    "bot.deck_preview": ("decks",),
    "bot.deck_flags": ("decks", "storage.author"),
    "bot.deck_diff": ("decks", "storage.audience"),
    "bot.deck_sources": ("decks",),
    "bot.deck_health": ("decks", "storage.audience"),
    "bot.deck_publish": ("decks",),
    "bot.deck_screens": ("bot.core", "bot.discord", "bot.telegram", "bot.terminal", "bot.web", "decks.model"),
    "bot.deck_targets": ("decks",),
    "bot.derive_command": ("decks",),
    "bot.deck_commands": (
        "bot.derive_command",
        "bot.deck_diff",
        "bot.deck_flags",
        "bot.deck_health",
        "bot.deck_preview",
        "bot.deck_publish",
        "bot.deck_screens",
        "bot.deck_sources",
        "bot.deck_targets",
        "decks",
        "storage.audience",
        "storage.author",
        "bot.settings",
    ),
    "bot.doctor": ("bot.core.ports", "bot.discord", "bot.settings", "bot.telegram", "decks", "storage.migrate"),
    "bot.process": (
        "bot.core",
        "bot.parcel",
        "bot.quiz",
        "bot.discord",
        "bot.rounds",
        "bot.settings",
        "bot.telegram",
        "bot.terminal",
        "bot.web",
        "decks",
        "storage",
    ),
    "bot.__main__": ("bot", "decks", "scheduler", "storage"),
}
# Libraries that do I/O stay out of the pure rooms.
IO_LIBRARIES = {"aiohttp", "telegram", "discord", "sqlalchemy", "sqlite3", "psycopg", "alembic", "asyncio", "rich"}
PURE_ROOMS = ("scheduler", "decks.meaning", "decks.model", "decks.text", "bot.core")


def modules() -> list[tuple[str, Path]]:
    files = [path for room in sorted(OURS) for path in sorted((ROOT / room).rglob("*.py"))]
    return [(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path) for path in files]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def inside(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def room_of(module: str) -> str:
    return max((room for room in MAY_IMPORT if inside(module, room)), key=len, default="")


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_point_inward(module: str, path: Path) -> None:
    room = room_of(module)
    if not room:
        assert path.name == "__init__.py", f"{module} belongs to no room of the table"
        return
    allowed = (room, *MAY_IMPORT[room])
    ours = {name for name in imports(path) if name.split(".")[0] in OURS}
    outward = {name for name in ours if not any(inside(name, other) for other in allowed)}
    assert not outward, f"{module} may not import {sorted(outward)}"


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_pure_rooms_import_no_io(module: str, path: Path) -> None:
    if any(inside(module, room) for room in PURE_ROOMS):
        assert not {name.split(".")[0] for name in imports(path)} & IO_LIBRARIES
    else:
        assert module.split(".")[0] in OURS


def test_the_table_refuses_an_outward_import() -> None:
    allowed = ("bot.core", *MAY_IMPORT["bot.core"])
    assert not any(inside("storage.sqlite", other) for other in allowed)
    assert not any(inside("bot.telegram.app", other) for other in allowed)
