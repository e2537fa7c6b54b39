from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import NAMES, Settings, SettingsError, read_settings


def read(tmp_path: Path, written: str = "", **environment: str) -> Settings:
    env_file = tmp_path / ".env"
    env_file.write_text(written)
    return read_settings(environment, env_file)


def test_progress_lives_in_the_data_folder_unless_a_url_says_otherwise(tmp_path: Path) -> None:
    settings = read(tmp_path, BACKFILL_DATA=str(tmp_path))
    assert settings.sqlite_path == tmp_path / "backfill.db"
    elsewhere = read(tmp_path, BACKFILL_DATABASE_URL="postgresql://localhost/backfill")
    assert elsewhere.sqlite_path is None
    assert read(tmp_path, BACKFILL_DATABASE_URL="sqlite:////var/x.db").sqlite_path == Path("/var/x.db")


def test_the_environment_goes_before_the_env_file(tmp_path: Path) -> None:
    assert read(tmp_path, "BACKFILL_PORT=9000").port == 9000
    assert read(tmp_path, "BACKFILL_PORT=9000", BACKFILL_PORT="9001").port == 9001


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BACKFILL_PORT", "http", "BACKFILL_PORT must be a number from 0 to 65535, not “http”. 0 takes a free port."),
        ("BACKFILL_PORT", "70000", "BACKFILL_PORT must be a number from 0 to 65535, not “70000”. 0 takes a free port."),
        ("BACKFILL_ZONE", "Berlin", "BACKFILL_ZONE “Berlin” is not a time zone. Write it like Europe/Berlin."),
        (
            "BACKFILL_LOG_LEVEL",
            "loud",
            "BACKFILL_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “loud”.",
        ),
        (
            "BACKFILL_DATABASE_URL",
            "mysql://x",
            "BACKFILL_DATABASE_URL must start with postgresql:// or sqlite:///. "
            "Leave it out to keep progress in a file on this machine.",
        ),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **{name: value})
    assert str(caught.value) == sentence


def test_a_setting_left_empty_is_not_set(tmp_path: Path) -> None:
    settings = read(tmp_path, "BACKFILL_ZONE=\nBACKFILL_PORT=9000\n", BACKFILL_PORT="", BACKFILL_LOG_LEVEL="")
    assert (settings.port, settings.log_level) == (9000, "INFO")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (b"BACKFILL_ZONE=UTC\n\nBACKFILL_PORT 9000\n", "{file}, line 3: write a setting as NAME=value."),
        ("BACKFILL_ZONE=UTC".encode("utf-16"), "{file} is not text in UTF-8. Save it so in your editor."),
    ],
)
def test_an_env_file_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path, written: bytes, sentence: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(written)
    with pytest.raises(SettingsError) as caught:
        read_settings({}, file)
    assert str(caught.value) == sentence.format(file=file)


def test_names_that_are_no_setting_are_noticed(tmp_path: Path) -> None:
    settings = read(tmp_path, "BACKFILL_PROT=9000\nPATH_TO=x\n", BACKFILL_TELEGRAM="x", BACKFILL_PORT="1")
    assert settings.strangers == ("BACKFILL_PROT", "BACKFILL_TELEGRAM")
    source = Path("bot/settings.py").read_text()
    assert set(NAMES) == set(re.findall(r'found\.get\("(\w+)"', source))


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = Path("README.md").read_text()
    assert [name for name in NAMES if f"`{name}`" not in readme] == []
