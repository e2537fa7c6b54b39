"""Damaged text is repaired, sound text never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.derive.encoding import CONFUSIONS, decode, repair
from decks.derive.limits import DeriveError

SOUND = "Caf\u00e9s \u2014 na\u00efve \u201cquotes\u201d \u2192 \u2713 \U0001f3af\n\u251c\u2500\u2500 tree\n"


def damaged(text: str, encoding: str) -> str:
    """Text as it looks when its UTF-8 is taken for another encoding; undefined bytes become C1 controls."""
    return "".join(_char(byte, encoding) for byte in text.encode())


def _char(byte: int, encoding: str) -> str:
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize("encoding", CONFUSIONS)
def test_text_read_in_the_wrong_encoding_comes_back(encoding: str) -> None:
    mended = repair(damaged(SOUND, encoding))
    assert mended.text == SOUND
    assert encoding in mended.remark


@pytest.mark.parametrize("encoding", CONFUSIONS[:2])
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=60))
def test_whatever_was_written_comes_back_once_enough_of_it_is_damaged(encoding: str, text: str) -> None:
    whole = SOUND + text.replace("`", "")
    assert repair(damaged(whole, encoding)).text == whole


@given(st.text())
def test_a_text_with_sound_letters_beyond_ascii_is_left_alone(text: str) -> None:
    sound = "\u00e9t\u00e9 \u2014 \u00fcber \u2192 \u65e5\u672c\u8a9e " * 20 + text[:10]
    assert repair(sound).text == sound


def test_latin_1_is_within_windows_1252() -> None:
    assert repair(damaged(SOUND, "latin-1")).text == SOUND


def test_a_sound_text_that_quotes_damage_keeps_its_quotation() -> None:
    text = "The em dash \u2014 is \u00e2\u20ac\u201d when UTF-8 is misread \u2014 a classic caf\u00e9 story \u2026"
    assert repair(text).text == text
    code = "A broken dash is `\u00e2\u20ac\u201d` and a broken e is `\u00c3\u00a9` here."
    assert repair(code).text == code


def test_bytes_lost_on_the_way_are_counted_and_left_out() -> None:
    line = "\u2500" * 20
    lost = damaged(f"{line}\u2510 " * 3, "cp1252").replace("\x90", "")  # 0x90 is undefined in cp1252
    mended = repair(lost)
    assert mended.text == f"{line} " * 3
    assert "3 characters were lost" in mended.remark


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_files_of_every_common_encoding_are_read(encoding: str) -> None:
    assert decode("f", "na\u00efve caf\u00e9".encode(encoding)) == "na\u00efve caf\u00e9"


def test_what_a_page_declares_is_believed() -> None:
    assert "\u043c\u0438\u0440" in decode("f", '<meta charset="koi8-r"><p>\u043c\u0438\u0440'.encode("koi8-r"))
    with pytest.raises(DeriveError, match="'klingon' nobody knows"):
        decode("f", b'<meta charset="klingon"><p>\xff')
