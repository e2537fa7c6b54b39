"""Draws a screen as a rich message (Bot API 10.1), where that reads better than plain HTML. Pure.

That is the case for a table which is wider than a phone's forty columns: as text its last column wraps, as a rich
message it is a table. Everything else stays plain on purpose: an app that does not know rich messages yet shows
nothing of one but a request to update, and the Bot API does not tell which app somebody has.

Tags and limits: https://core.telegram.org/bots/api#rich-message-formatting-options
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.columns import WIDTH, aligned
from bot.core.reply import Block, Table
from bot.telegram.runs import Run, paragraphs, printable, written

CHARACTERS = 32_768
BLOCKS = 500  # rows of tables count
COLUMNS = 20


def page(body: Sequence[Block]) -> str:
    """The blocks as rich HTML; empty where plain HTML does as well, and where it would be more than Telegram takes."""
    if not any(isinstance(block, Table) and _is_wide(block) for block in body):
        return ""
    found = [tagged for block in body for tagged in _blocks(block)]
    size = sum(map(len, found))
    return "".join(found) if size <= CHARACTERS and len(found) + _rows(body) <= BLOCKS else ""


def _is_wide(table: Table) -> bool:
    """Whether it needs more lines than it has rows, and is one that Telegram takes."""
    lines = aligned(table.rows, WIDTH).count("\n") + 1
    return lines > len(table.rows) and all(len(row) <= COLUMNS for row in table.rows)


def _rows(body: Sequence[Block]) -> int:
    return sum(len(block.rows) for block in body if isinstance(block, Table))


def _blocks(block: Block) -> Iterator[str]:
    if isinstance(block, Table) and _is_wide(block):
        yield f"<table>{''.join(map(_row, block.rows))}</table>"
        return
    for runs in paragraphs(block):
        if runs[0].tag.startswith("pre"):
            yield written(runs)
        else:
            yield from (f"<p>{written(line)}</p>" for line in _lines(runs))


def _row(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{written([Run(printable(cell))])}</td>' for cell in cells)}</tr>"


def _lines(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Runs parted where a line ends, without empty ones: a line feed is but a blank in a rich paragraph."""
    line: list[Run] = []
    for text, tag in ((text, run.tag) for run in runs for text in run.text.splitlines(keepends=True)):
        line.append(Run(text.rstrip("\n"), tag))
        if text.endswith("\n"):
            yield line
            line = []
    if line:
        yield line
