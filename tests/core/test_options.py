"""The options of a choice: nothing but what they say tells the right one."""

from __future__ import annotations

import random

import pytest

from bot.core.ask import options_of
from tests.decks.text import cards_of


def texts(right: str, *wrong: str) -> list[str]:
    lines = "\n".join(f"not: {text}" for text in wrong)
    (card,) = cards_of(f"Q: On Databricks, what happens to a view?\nA: {right}\n{lines}\nid: view\n")
    return sorted(option.text for option in options_of(card, random.Random(1)))


@pytest.mark.parametrize(
    ("right", "wrong", "shown"),
    [
        (
            "They are lost.",
            ("They stay", "They move", "Nothing"),
            ["Nothing", "They are lost", "They move", "They stay"],
        ),
        ("They are lost", ("They stay.", "They move.", "No."), ["No", "They are lost", "They move", "They stay"]),
        ("It is lost.", ("It stays.", "It moves.", "No."), ["It is lost.", "It moves.", "It stays.", "No."]),
        ("No `x.`", ("Go on ...", "Yes", "It goes."), ["Go on ...", "It goes", "No `x.`", "Yes"]),
    ],
)
def test_a_full_stop_tells_no_option_from_the_others(right: str, wrong: tuple[str, ...], shown: list[str]) -> None:
    assert texts(right, *wrong) == shown


def test_two_options_that_differ_in_a_full_stop_are_one() -> None:
    assert texts("They are lost.", "They stay", "They stay.", "They move", "Nothing") == [
        "Nothing",
        "They are lost",
        "They move",
        "They stay",
    ]
