"""Everything that commands read on their way, read once in the process they are forked from."""

import gc
from importlib import import_module

from decks.library import Library, builtin

for module in (
    "alembic.runtime.environment",
    "bot.data_commands",
    "bot.derive_command",
    "bot.doctor",
    "bot.process",
    "bot.telegram.app",
    "bot.terminal.app",
    "bot.web.app",
    "storage.audience",
    "storage.author",
    "storage.backup",
    "storage.check",
    "storage.migrate",
    "tests.commands",
    "tests.telegram.crash_child",
    "tests.terminal.made",
):
    import_module(module)
Library([builtin()])
gc.freeze()  # else each collection in a fork would copy all of it
