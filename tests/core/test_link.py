"""Codes and tokens: what is typed, what is kept, what a button may carry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core import link_words
from bot.core.actions import Action, Agree, Link, Part, Refuse, ShowLink, Unlink, Unmerge
from bot.core.buttons import decode, encode
from bot.core.link_model import (
    CODE_LENGTH,
    CROCKFORD,
    OFFER_LIVES,
    TOKEN_LENGTH,
    Offer,
    code_of,
    fingerprint,
    offer_id,
    read_secret,
    short_account,
    token_of,
)
from bot.core.model import Account
from decks.text import plain

chances = st.binary(min_size=16, max_size=16).map(bytes.hex)
ANN, BOB, EVE = Account("web", "ann"), Account("telegram", "1002"), Account("discord", "1003")


@given(chances)
def test_a_code_and_a_token_are_read_as_they_were_made(chance: str) -> None:
    token = token_of(chance)
    code = code_of(token)
    assert (len(code), len(token)) == (CODE_LENGTH, TOKEN_LENGTH)
    assert set(code + token) <= set(CROCKFORD)
    assert (read_secret(code), read_secret(token)) == (code, token)


@given(chances)
def test_a_code_is_read_however_a_person_types_it(chance: str) -> None:
    code = code_of(token_of(chance))
    for typed in (
        f"{code[:4]}-{code[4:]}",
        f" {code[:4]} {code[4:]} ",
        code.lower(),
        code.replace("0", "O").replace("1", "l"),
        code.replace("1", "i").replace("0", "o"),
        f"/link {code}",
        f"{plain(link_words.code(code))}",
    ):
        assert read_secret(typed) == code


@given(st.text(max_size=40))
def test_anything_typed_is_a_secret_or_nothing(text: str) -> None:
    assert len(read_secret(text)) in (0, CODE_LENGTH, TOKEN_LENGTH)
    assert set(read_secret(text)) <= set(CROCKFORD)


@given(chances, chances)
def test_nothing_kept_or_shown_in_a_button_leads_back_to_a_secret(one: str, other: str) -> None:
    token = token_of(one)
    kept = (fingerprint(code_of(token)), fingerprint(token), offer_id(token))
    assert len(set(kept)) == 3
    assert code_of(token) not in {text[:CODE_LENGTH].upper() for text in kept}
    assert (one == other) == (token == token_of(other))


@given(chances)
def test_every_step_of_linking_fits_a_button(chance: str) -> None:
    token = token_of(chance)
    offer = offer_id(token)
    actions: list[Action] = [
        Link(),
        ShowLink(offer, token),
        ShowLink(offer),
        Agree(offer),
        Refuse(offer),
        Unlink(),
        Unlink(short_account(BOB)),
        Part(short_account(BOB)),
        Unmerge(f"{2**44:012x}{chance[:20]}"),
    ]
    for action in actions:
        assert decode(encode(action)) == action


def test_an_offer_lives_ten_minutes_and_has_two_sides() -> None:
    offer = Offer(id="o", maker=ANN, made_at=1000, code="c", token="t", taker=BOB)
    assert OFFER_LIVES == 600_000
    assert offer.is_live(1000 + OFFER_LIVES - 1)
    assert not offer.is_live(1000 + OFFER_LIVES)
    assert (offer.other(ANN), offer.other(BOB), offer.other(EVE)) == (BOB, ANN, None)


@given(st.text(max_size=80))
def test_a_name_cannot_pass_for_anything_else(name: str) -> None:
    """It stands in brackets after the platform, on one line, without control characters or markup."""
    shown = plain(link_words.called(BOB, name))
    assert shown.startswith("Telegram (")
    assert shown.endswith("…1002)")
    assert shown.isprintable()
    assert len(shown) <= len("Telegram (, …1002)") + link_words.NAME_LENGTH
