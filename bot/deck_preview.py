"""A card in plain text, as wide as a phone: what an author looks at before learners do. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import assert_never

from decks.model import Answer, Card, Citation, NumberAnswer, PointsAnswer, SetAnswer, StepsAnswer, TextAnswer
from decks.text import CodeBlock, blocks, plain

WIDTH = 38  # columns a phone shows beside its margins
CHOICE = 3  # wrong answers that make a choice


def preview(card: Card) -> str:
    """The question, its options where it can be asked as a choice, and what stands under the answer."""
    parts = (
        wrap(f"{card.topic} · {card.section}" if card.section else card.topic),
        card.id,
        "-" * WIDTH,
        wrap(card.front),
        "\n".join(_options(card)),
        wrap(f"Hint: {card.hint}") if card.hint else "",
        "-" * WIDTH,
        _answer(card.answer),
        wrap(card.why),
        "\n".join(wrap(f"{wrong.answer}? {wrong.reply}") for wrong in card.foreseen),
        wrap(_citation(card.source, card.as_of)),
    )
    return "\n".join(part for part in parts if part)


def wrap(text: str) -> str:
    """A text of the dialect in lines of at most WIDTH columns; code keeps its own lines."""
    lines: list[str] = []
    for block in blocks(text):
        if isinstance(block, CodeBlock):
            lines += block.text.split("\n")
        else:
            lines += textwrap.wrap(plain(block.text), WIDTH)
    return "\n".join(lines)


def _options(card: Card) -> Iterator[str]:
    """Wrong answers beside the right one, marked; in the drill they are shuffled."""
    if len(card.distractors) < CHOICE:
        return
    right = card.answer.items if isinstance(card.answer, SetAnswer) else (_answer(card.answer),)
    yield from (_marked("(x)", text) for text in right)
    yield from (_marked("( )", wrong.text) for wrong in card.distractors)


def _answer(answer: Answer) -> str:
    match answer:
        case TextAnswer() | NumberAnswer():
            return wrap(answer.text)
        case SetAnswer():
            return "\n".join(_marked("-", item) for item in answer.items)
        case StepsAnswer():
            return "\n".join(_marked(f"{place}.", step) for place, step in enumerate(answer.steps, start=1))
        case PointsAnswer():
            return "\n".join((wrap(answer.model), *(_marked("[ ]", point.text) for point in answer.points)))
        case _:
            assert_never(answer)


def _marked(mark: str, text: str) -> str:
    indent = " " * (len(mark) + 1)
    return textwrap.fill(plain(text), WIDTH, initial_indent=f"{mark} ", subsequent_indent=indent)


def _citation(source: Citation | None, as_of: str) -> str:
    named = ", ".join(part for part in ((source.title, source.section) if source else ()) if part)
    return " · ".join(part for part in (named, f"as of {as_of}" if as_of else "") if part)
