"""A quiz's results as CSV (RFC 4180) that a spreadsheet opens and cannot be made to run. Pure."""

from __future__ import annotations

import csv
import io

from bot.core.export_csv import guarded
from bot.core.quiz.private import name_of
from bot.core.quiz.screens import Scene

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
            table.writerow([guarded(cell) for cell in row])
    return written.getvalue()
