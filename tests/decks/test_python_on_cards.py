"""What a Python card says its code prints or raises is what it does."""

from __future__ import annotations

import contextlib
import io

import pytest

from decks.model import Card, Kind
from decks.text import plain
from decks.wording import answer_text
from tests.decks.packaged import cards_of_deck

from .sessions import code_of

CARDS = {name: card for name, card in cards_of_deck("python-for-data").items() if card.kind is Kind.CODE}


def _result(card: Card) -> str:
    """What the code prints, or the name of the exception it raises."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code_of(card), "card", "exec"), {"__name__": "card"})
    except (TypeError, RuntimeError) as error:
        return type(error).__name__
    return printed.getvalue().strip()


@pytest.mark.parametrize("name", CARDS)
def test_python_on_a_card_prints_or_raises_what_the_answer_says(name: str) -> None:
    code = code_of(CARDS[name])
    for package in ("numpy", "pandas"):
        if f"import {package}" in code:
            pytest.importorskip(package)
    assert _result(CARDS[name]) == plain(answer_text(CARDS[name].answer))


def test_most_python_cards_need_nothing_but_python() -> None:
    assert sum("import pandas" not in code_of(card) for card in CARDS.values()) > 20
