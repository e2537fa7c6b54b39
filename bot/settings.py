"""The environment and `.env` as one frozen value; a wrong setting is one clear sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from msgspec import Struct

from bot.core.clock import is_zone

TELEGRAM_API = "https://api.telegram.org"
PREFIX = "BACKFILL_"
NAMES = (
    "BACKFILL_DATA",
    "BACKFILL_DATABASE_URL",
    "BACKFILL_DECKS",
    "BACKFILL_DISCORD_TOKEN",
    "BACKFILL_LOG_LEVEL",
    "BACKFILL_PORT",
    "BACKFILL_TELEGRAM_API",
    "BACKFILL_TELEGRAM_TOKEN",
    "BACKFILL_ZONE",
)

# What @BotFather hands out: the bot's number, a colon, 35 characters. The log redacts whatever looks like this.
_TELEGRAM_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")


# What the developer portal hands out: three parts in URL-safe base64. The log redacts whatever looks like this.
_DISCORD_TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{5,}\.[\w-]{25,}")


class SettingsError(Exception):
    """A setting is wrong: what it is, what it must be."""


class Settings(Struct, frozen=True, kw_only=True):
    """How this process runs. See the README for each variable."""

    data: Path  # BACKFILL_DATA: folder of the database and its backups
    database: str  # BACKFILL_DATABASE_URL, or the SQLite file in `data`
    decks: str = ""  # BACKFILL_DECKS: folders, parted by os.pathsep
    port: int = 8321  # BACKFILL_PORT: of the page, on 127.0.0.1; 0 takes a free one
    zone: str = "UTC"  # BACKFILL_ZONE: what a new learner starts with; else the system's
    log_level: str = "INFO"  # BACKFILL_LOG_LEVEL
    telegram_token: str = ""  # BACKFILL_TELEGRAM_TOKEN: from @BotFather; without it Telegram is not served
    telegram_api: str = TELEGRAM_API  # BACKFILL_TELEGRAM_API: another Bot API server, such as one's own
    discord_token: str = ""  # BACKFILL_DISCORD_TOKEN: from the developer portal; without it Discord is not served
    strangers: tuple[str, ...] = ()  # names that look like settings and are none, in order

    @property
    def sqlite_path(self) -> Path | None:
        """The database file; None when another server keeps the progress."""
        return Path(self.database) if "://" not in self.database else None

    def make_data(self) -> None:
        """Make the data folder unless it is there. Raises SettingsError."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SettingsError(
                f"The data folder {self.data} cannot be made ({reason}). Set BACKFILL_DATA to another folder."
            ) from None


def read_settings(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Settings from the environment, then from `.env`. Raises SettingsError."""
    given = os.environ if environment is None else environment
    found = {**_written(env_file), **{name: value for name, value in given.items() if value}}
    data = Path(found.get("BACKFILL_DATA") or _default_data()).expanduser()
    return Settings(
        data=data,
        database=_database(found.get("BACKFILL_DATABASE_URL", ""), data),
        decks=found.get("BACKFILL_DECKS", ""),
        port=_port(found.get("BACKFILL_PORT", "8321")),
        zone=_zone(found.get("BACKFILL_ZONE", "")),
        log_level=_level(found.get("BACKFILL_LOG_LEVEL", "INFO")),
        telegram_token=_telegram_token(found.get("BACKFILL_TELEGRAM_TOKEN", "").strip()),
        telegram_api=_telegram_api(found.get("BACKFILL_TELEGRAM_API") or TELEGRAM_API),
        discord_token=_discord_token(found.get("BACKFILL_DISCORD_TOKEN", "").strip()),
        strangers=tuple(sorted(name for name in found if name.startswith(PREFIX) and name not in NAMES)),
    )


def _written(env_file: Path) -> Mapping[str, str]:
    """What a `.env` file sets, if there is one. Raises SettingsError."""
    if not env_file.is_file():
        return {}
    try:
        text = env_file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file} is not text in UTF-8. Save it so in your editor.") from None
    except OSError as error:
        raise SettingsError(f"{env_file} cannot be read ({(error.strerror or str(error)).lower()}).") from None
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            blank = len(binding.original.string) - len(binding.original.string.lstrip("\n"))
            raise SettingsError(f"{env_file}, line {binding.original.line + blank}: write a setting as NAME=value.")
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def _default_data() -> str:
    """XDG base directory specification: user data lives in $XDG_DATA_HOME, ~/.local/share by default."""
    return str(Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "backfill")


def _database(url: str, data: Path) -> str:
    if not url:
        return str(data / "backfill.db")
    if not url.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
        raise SettingsError(
            "BACKFILL_DATABASE_URL must start with postgresql:// or sqlite:///. "
            "Leave it out to keep progress in a file on this machine."
        )
    return url.removeprefix("sqlite:///")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise SettingsError(f"BACKFILL_PORT must be a number from 0 to 65535, not “{text}”. 0 takes a free port.")


def _zone(text: str) -> str:
    name = text or _system_zone()
    if is_zone(name):
        return name
    raise SettingsError(f"BACKFILL_ZONE “{text}” is not a time zone. Write it like Europe/Berlin.")


def _system_zone() -> str:
    """The zone /etc/localtime points to, as systemd and most systems keep it; UTC where that tells nothing."""
    target = os.environ.get("TZ") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    return target if target and is_zone(target) else "UTC"


def _level(text: str) -> str:
    if text.upper() in ("DEBUG", "INFO", "WARNING", "ERROR"):
        return text.upper()
    raise SettingsError(f"BACKFILL_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “{text}”.")


def _telegram_token(text: str) -> str:
    """The token is a password: the sentence does not repeat it."""
    if not text or _TELEGRAM_TOKEN.fullmatch(text):
        return text
    raise SettingsError(
        "BACKFILL_TELEGRAM_TOKEN is not a bot token. "
        "Copy the whole line that @BotFather sent: a number, a colon and some 35 characters."
    )


def _discord_token(text: str) -> str:
    """As it was given; a wrong one is not repeated, for it may be half of a right one."""
    if not text or _DISCORD_TOKEN.fullmatch(text):
        return text
    raise SettingsError(
        "BACKFILL_DISCORD_TOKEN is not a bot token. Copy the whole of it from the developer portal, page Bot: three "
        "parts of letters and digits, parted by dots."
    )


def _telegram_api(text: str) -> str:
    if text.startswith(("https://", "http://")):
        return text.rstrip("/")
    raise SettingsError(f"BACKFILL_TELEGRAM_API must start with https:// or http://, not “{text}”.")
