"""A small deck of an operator's own, whose cards may be renamed."""

from __future__ import annotations

HEAD = "---\ndeck: facts\ntitle: Facts\nabout: Facts.\nlevel: beginner\nsource: general\n---\n\n"
NOTE = "Q: What is fact {0}?\nA: Answer {0}\nnot: Wrong one\nnot: Wrong two\nnot: Wrong three\nid: f{0}\n\n"


def facts(*numbers: int, renamed: tuple[int, ...] = ()) -> str:
    """A deck of facts, some of which have another id than they had: g1 that was f1."""
    notes = (NOTE.format(n) for n in numbers)
    moved = ((f"id: f{n}\n", f"was: f{n}\nid: g{n}\n") if n in renamed else ("", "") for n in numbers)
    return HEAD + "".join(note.replace(*ids) for note, ids in zip(notes, moved, strict=True))
