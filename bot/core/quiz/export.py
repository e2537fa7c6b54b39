"""A quiz's results as CSV that a spreadsheet opens and cannot be made to run. Pure.

RFC 4180 quoting; a cell that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV Injection";
ASVS 5.0, 1.2.10).
"""

from __future__ import annotations

import csv
import io

from bot.core.quiz.private import name_of
from bot.core.quiz.screens import Scene

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
HEADER = ("question", "card", "asked", "player", "answer", "right", "seconds", "counts")


def export(scene: Scene) -> str:
    """One line for each answer, in the order of questions and of receipt."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(HEADER)
    for past in scene.quiz.past:
        for answer in scene.pressed.to(past.number):
            row = (
                str(past.number),
                past.card,
                past.brief,
                name_of(scene.players, answer.seat),
                answer.given,
                "yes" if answer.right else "no",
                f"{answer.took / 1000:.1f}",
                "no" if past.void else "yes",
            )
            table.writerow([safe(cell) for cell in row])
    return written.getvalue()


def safe(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    cell = cell.replace("\x00", "")
    return f"'{cell}" if cell.startswith(FORMULA) else cell
