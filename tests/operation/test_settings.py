from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, read_settings


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


def test_every_setting_is_documented_in_the_readme() -> None:
    source = Path("bot/settings.py").read_text()
    names = {word.strip("\"',:;()") for word in source.split() if word.strip("\"'(").startswith("BACKFILL_")}
    readme = Path("README.md").read_text()
    wanted = {name.split('"')[0].rstrip(":,;.)") for name in names}
    assert len(wanted) >= 6
    assert not {name for name in wanted if f"`{name}`" not in readme}
