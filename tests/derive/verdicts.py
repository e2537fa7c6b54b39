"""An editor's verdicts on the tables of the curricula, read from their notes: card, edit, data or repeat."""

from __future__ import annotations

import re
from pathlib import Path

_WORDS = {
    "C": "card",
    "CARD": "card",
    "P": "edit",
    "MIXED": "edit",
    "D": "data",
    "DATA": "data",
    "X": "data",
    "DUP": "repeat",
}
_HEAD = re.compile(r"^#{3,4} .*?(?:004#|art|Document )(\d\d)\b|^## \d+\. Document (\d\d)\b")


def read(folder: Path) -> dict[tuple[str, str, int], str]:
    """(document, "table" or "values", line in its readable copy) -> verdict.

    Documents are "001" and "art00" to "art11".
    """
    found: dict[tuple[str, str, int], str] = {}
    for notes in sorted((folder / "notes").glob("*.md")):
        document, origin = "", "table"
        for line in notes.read_text().split("\n"):
            if line.startswith("#"):
                head = _HEAD.match(line)
                if line.startswith("#### 001"):
                    document, origin = "001", "table"
                elif head:
                    document, origin = f"art{head[1] or head[2]}", "table"
                elif line.startswith("## "):
                    document = ""
            elif line.startswith("VALUES blocks"):
                origin = "values"
            elif line.startswith("|") and document:
                for at, verdict in _row([cell.strip() for cell in line.strip("|").split("|")]):
                    found[document, origin, at] = verdict
                origin = "table" if re.match(r"\| (line|#) \| (heading|line)", line) else origin
    return found


def _row(cells: list[str]) -> list[tuple[int, str]]:
    """The lines a row of the notes speaks of, and its verdict."""
    words = [
        (at, found[1])
        for at, cell in enumerate(cells)
        if (found := re.match(r"\W*(CARD|MIXED|DATA|DUP|C|P|D|X)\b", cell))
    ]
    if len(cells) >= 6 and cells[0].isdigit() and cells[1].isdigit():  # 1 | 15 | heading | header | rows | C ...
        verdict = re.match(r"([CPD])\b", cells[-1])
        return [(int(cells[1]), _WORDS[verdict[1]])] if verdict else []
    if found := re.match(r"L(\d+)$", cells[0]):
        verdict = next((cell for cell in cells if cell in _WORDS), "")
        return [(int(found[1]), _WORDS[verdict])] if verdict else []
    numbers = re.findall(r"\d+", cells[0])
    if numbers and re.fullmatch(r"[\d, *]+", cells[0]) and len(cells) == 5 and words:
        last = cells[-1]
        verdict = re.match(r"\**([CPX])\b", last)
        if verdict:
            repeat = verdict[1] == "X" and re.search(r"\b(repeat|subset)", last)
            return [(int(n), "repeat" if repeat else _WORDS[verdict[1]]) for n in numbers]
    return []
