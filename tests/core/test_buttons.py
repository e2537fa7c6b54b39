"""Payloads: every action that can stand on a button fits 64 bytes and comes back as itself; garbage is Unknown."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import actions as act
from bot.core.actions import Action
from bot.core.buttons import LIMIT, decode, encode
from bot.core.model import Scope, ScopeKind
from scheduler.model import Rating

ATTEMPTS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
FIELDS = {
    "attempt": ATTEMPTS,
    "option": st.integers(-1, 9),
    "item": st.integers(0, 9),
    "rating": st.sampled_from(Rating),
    "reason": st.sampled_from(("wrong", "unclear", "outdated", "typo")),
    "scope": st.builds(Scope, st.sampled_from(ScopeKind), SLUGS),
    "extra": st.integers(0, 50),
    "cram": st.booleans(),
    "slug": SLUGS,
    "card": st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    "name": st.sampled_from(("zone", "retention", "clock", "goal")),
    "value": st.sampled_from(("America/Argentina/ComodRivadavia", "0.95", "07:30", "a-deck", "")),
}


def _known(kind: type[Action]) -> bool:
    return kind is not act.Type and set(kind.__struct_fields__) <= set(FIELDS)


BUTTONS = st.one_of(
    *(
        st.builds(kind, **{field: FIELDS[field] for field in kind.__struct_fields__})
        for kind in get_args(Action)
        if _known(kind)
    )
)


@given(BUTTONS)
def test_every_button_fits_a_payload_and_comes_back_as_itself(action: Action) -> None:
    payload = encode(action)
    assert len(payload.encode()) <= LIMIT == 64
    assert decode(payload) == action


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_whatever_cannot_be_read_is_unknown(payload: str) -> None:
    action = decode(payload)
    if not isinstance(action, act.Unknown):
        assert decode(encode(action)) == action


@given(BUTTONS, st.data())
def test_a_cut_or_altered_payload_is_another_button_or_unknown_but_never_an_error(
    action: Action, data: st.DataObject
) -> None:
    payload = encode(action)
    cut = data.draw(st.integers(0, len(payload)))
    for damaged in (payload[:cut], payload[:cut] + data.draw(st.characters()) + payload[cut + 1 :]):
        read = decode(damaged)
        assert isinstance(read, act.Unknown) or decode(encode(read)) == read


@pytest.mark.parametrize("kind", [kind for kind in get_args(Action) if kind is not act.Type])
def test_no_two_actions_share_a_tag(kind: type[Action]) -> None:
    tags = [str(other.__struct_config__.tag) for other in get_args(Action)]
    assert tags.count(str(kind.__struct_config__.tag)) == 1


def test_typed_text_and_overlong_values_are_no_buttons() -> None:
    with pytest.raises(ValueError, match="typed text"):
        encode(act.Type("an answer"))
    with pytest.raises(ValueError, match="longer than 64 bytes"):
        encode(act.ShowDeck("d" * 64))
