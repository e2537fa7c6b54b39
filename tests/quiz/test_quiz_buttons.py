"""Quiz payloads: every action that can stand on a button fits 64 bytes and comes back as itself."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.actions import InQuiz
from bot.core.buttons import LIMIT, decode, encode
from bot.core.quiz import actions as act
from bot.core.quiz.actions import TYPED, QuizAction, Unread
from bot.core.quiz.buttons import fold_in, unfold

IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
FIELDS = {
    "quiz": IDS,
    "schedule": IDS,
    "question": st.integers(0, 50),
    "option": st.integers(0, 9),
    "ask": st.booleans(),
    "name": st.sampled_from(("source", "questions", "window", "answers", "play", "order", "hints")),
    "value": st.sampled_from(("scd-types 0.5", "40", "host", "")),
    "reason": st.just(""),
    "back": st.integers(0, 60),
    "whole": st.booleans(),
    "week": st.sampled_from(("", "2026-W48")),
    "on": st.booleans(),
    "hidden": st.booleans(),
    "separate": st.booleans(),
    "everybody": st.booleans(),
}
PRESSED = st.one_of(
    *(
        st.builds(kind, **{field: FIELDS[field] for field in kind.__struct_fields__})
        for kind in get_args(QuizAction)
        if kind not in TYPED
    )
)


@given(PRESSED)
def test_every_quiz_button_fits_a_payload_and_comes_back_as_itself(action: QuizAction) -> None:
    payload = encode(fold_in(action))
    assert len(payload.encode()) <= LIMIT == 64
    pressed = decode(payload)
    assert isinstance(pressed, InQuiz)
    assert unfold(pressed) == action


@given(st.text())
def test_whatever_cannot_be_read_is_said_to_be_so(press: str) -> None:
    action = unfold(InQuiz(press))
    if not isinstance(action, Unread):
        assert unfold(fold_in(action)) == action


@pytest.mark.parametrize("kind", get_args(QuizAction))
def test_no_two_quiz_actions_share_a_tag(kind: type[QuizAction]) -> None:
    tags = [str(other.__struct_config__.tag) for other in get_args(QuizAction)]
    assert tags.count(str(kind.__struct_config__.tag)) == 1


@pytest.mark.parametrize("action", [act.Open("x"), act.Write("x"), act.Save("x"), act.Schedule("mon 09:00")])
def test_typed_text_is_no_quiz_button(action: QuizAction) -> None:
    with pytest.raises(ValueError, match="typed text"):
        fold_in(action)


def test_an_overlong_value_is_no_quiz_button() -> None:
    with pytest.raises(ValueError, match="longer than 64 bytes"):
        fold_in(act.SetOption("Q" * 26, "source", "d" * 40))
