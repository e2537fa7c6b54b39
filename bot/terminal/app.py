"""The drill in a terminal: print a screen, read a line, ask the tutor; scrollback reads like a conversation."""

from __future__ import annotations

import secrets
import sys
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import assert_never

import structlog
from msgspec.structs import replace
from rich.console import Console

from bot.core.actions import Action, Begin, ShowHelp, Stop
from bot.core.model import Account, TutorError
from bot.core.my_data_model import Pack, no_files
from bot.core.ports import StoreError
from bot.core.reply import Line, Reply, Screen
from bot.core.words import went_wrong
from bot.terminal import render, words
from bot.terminal.keys import Leave, Press, Unclear, understand
from bot.terminal.lines import Interrupted, Lines

Handle = Callable[[Account, Action, str], Awaitable[Reply]]
"""The tutor's one door, `Tutor.handle`: (account, action, idempotency key) -> reply."""
Read = Callable[[], Awaitable[str]]
"""The next line typed; raises EOFError at the end and Interrupted when the learner or the system wants out."""

ACCOUNT = Account("terminal", "local")
FILE_SIZE = 256 << 20  # bytes of a file before it is packed
NOTHING = Reply(screen=Screen.NOTICE, body=())

_log = structlog.get_logger(__name__)


async def run(handle: Handle, *, first: Action = Begin(), pack: Pack = no_files) -> None:  # noqa: B008 - a frozen value
    """Drill at this process's terminal or pipe until the learner leaves. Ctrl-C, SIGTERM and SIGHUP leave at once."""
    with Lines(sys.stdin.fileno()) as lines:
        await drill(handle, first=first, read=lines.read, console=Console(highlight=False), pack=pack)


async def drill(
    handle: Handle,
    *,
    first: Action = Begin(),  # noqa: B008 - a frozen value
    read: Read,
    console: Console,
    pack: Pack = no_files,
    folder: Path = Path(),
) -> None:
    """One conversation from the screen of `first` to `q`, the end of the input or an interruption.

    A learner's files, which `pack` gives, are written into `folder`.
    """
    await _Conversation(handle, read, console, pack, folder).hold(first)


class _Conversation:
    """What stands on screen, and how the next line changes it."""

    def __init__(self, handle: Handle, read: Read, console: Console, pack: Pack, folder: Path) -> None:
        self._handle = handle
        self._read = read
        self._console = console
        self._pack = pack
        self._folder = folder
        self._shown = NOTHING
        self._asked = False  # whether a card was shown here: only then is there a session of ours to end

    async def hold(self, first: Action) -> None:
        await self._press(first)
        while True:
            self._prompt()
            try:
                line = await self._read()
            except EOFError:
                return await self._leave()
            except Interrupted:
                return render.say(self._console, words.KEPT)
            match understand(line, self._shown):
                case Press(action=action):
                    await self._press(action)
                case Unclear(sentence=sentence):
                    render.say(self._console, sentence)
                case Leave():
                    return await self._leave()
                case meant:
                    assert_never(meant)

    def _prompt(self) -> None:
        if self._console.is_terminal:
            self._console.print(words.PROMPT, end="")

    async def _press(self, action: Action) -> None:
        reply = await self._ask(action)
        if reply is None:
            return
        if isinstance(action, ShowHelp):
            reply = replace(reply, body=(*reply.body, *map(Line, words.KEYS)))
        render.show(self._console, reply, self._shown)
        self._shown = reply
        self._asked = self._asked or bool(reply.attempt)
        if reply.sends:
            await self._write_files()

    async def _write_files(self) -> None:
        """The learner's files, into the folder the terminal is in."""
        try:
            for document in await self._pack(ACCOUNT, FILE_SIZE):
                with (self._folder / document.name).open("xb") as file:
                    file.write(document.content)
                render.say(self._console, words.written(document.name))
        except (TutorError, StoreError) as told:
            render.say(self._console, str(told))
        except OSError as error:
            render.say(self._console, words.not_written((error.strerror or "it is not known why").lower()))

    async def _leave(self) -> None:
        """End the session of this terminal, if there is one, with its summary."""
        reply = await self._ask(Stop()) if self._asked else None
        if reply is not None and reply.screen is Screen.SUMMARY:
            render.tell(self._console, reply)
        else:
            render.say(self._console, words.LEFT)

    async def _ask(self, action: Action) -> Reply | None:
        """The tutor's reply; None when there is only a sentence to say, which is printed."""
        try:
            return await self._handle(ACCOUNT, action, uuid.uuid4().hex)
        except (TutorError, StoreError) as told:
            render.say(self._console, str(told))
        except Exception:  # noqa: BLE001 - the one handler of bugs: told with a reference, logged with the same
            reference = secrets.token_hex(4)
            _log.exception("terminal.failed", error_id=reference, action=type(action).__name__)
            render.say(self._console, went_wrong(reference))
        return None
