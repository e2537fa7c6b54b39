"""The quiz's slash commands: `/quiz` alone starts one, its options shape it, `/quiz-...` do the rest, `/leaderboard`
shows the week. Offered in servers that installed the bot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.core.quiz.actions import (
    Board,
    Hide,
    Leave,
    Next,
    Open,
    Pause,
    QuizAction,
    Save,
    Schedule,
    ShowDisputes,
    ShowSaved,
    Skip,
    Stop,
    Unpause,
)
from bot.core.quiz.keep import NAME
from bot.core.quiz.options import MOST_QUESTIONS
from bot.discord import quiz_words as words
from bot.discord.quiz_draw import line_of
from bot.discord.rows import OPTION, OPTIONS, brief

if TYPE_CHECKING:
    from bot.discord.app import Client
    from bot.discord.commands import Shelf, Tree

    Interaction = discord.Interaction[Client]

ACTS: dict[str, QuizAction] = {
    "quiz-stop": Stop(),
    "quiz-pause": Pause(),
    "quiz-resume": Unpause(),
    "quiz-skip": Skip(),
    "quiz-next": Next(),
    "quiz-leave": Leave(),
    "quiz-disputes": ShowDisputes(),
    "quiz-saved": ShowSaved(),
}
MEANT = {name.removeprefix("quiz-"): action for name, action in ACTS.items()}
"""What is meant where somebody writes /quiz stop, as other quiz bots have it: it arrives as the first option."""
WEEKS = 52


def plant(tree: Tree, shelf: Shelf) -> None:
    """Add the commands."""
    for made in (_quiz(shelf), _save(), _schedule(shelf), _export(), _leaderboard()):
        tree.add_command(_here(made))
    for name, about in words.ACTS.items():
        tree.add_command(_here(_act(name, about, ACTS[name])))


def completed(shelf: Shelf, typed: str) -> list[app_commands.Choice[str]]:
    """Decks and tracks that complete the last part of what was typed; what is before the last + stays."""
    from bot.discord.commands import offered  # that module builds on this one's client

    before, plus, last = typed.rpartition("+")
    head = f"{before.strip()} + " if plus else ""
    choices = offered(shelf(), last)
    return [
        app_commands.Choice(name=brief(head + choice.name, OPTION), value=head + choice.value)
        for choice in choices
        if len(head + choice.value) <= OPTION
    ]


def _here(command: app_commands.Command[Any, ..., Any]) -> app_commands.Command[Any, ..., Any]:
    """Only in servers, and only in those that have the bot itself: it has to write there."""
    command = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)(command)
    return app_commands.allowed_installs(guilds=True, users=False)(command)


def _act(name: str, about: str, action: QuizAction) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name=name, description=about)
    async def command(interaction: Interaction) -> None:
        await interaction.client.quiz.act(interaction, action)

    return command


def _quiz(shelf: Shelf) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="quiz", description=words.QUIZ)
    @app_commands.describe(**words.OPTIONS)
    @app_commands.choices(
        pace=_choices(words.PACES),
        answers=_choices(words.ANSWERS),
        play=_choices(words.PLAYS),
        order=_choices(words.ORDERS),
        hints=_choices(words.SWITCH),
        skip=_choices(words.SWITCH),
    )
    async def command(
        interaction: Interaction,
        decks: str = "",
        questions: app_commands.Range[int, 1, MOST_QUESTIONS] | None = None,
        pace: str = "",
        answers: str = "",
        play: str = "",
        order: str = "",
        limit: app_commands.Range[int, 0, MOST_QUESTIONS] | None = None,
        hints: str = "",
        skip: str = "",
        saved: str = "",
        role: discord.Role | None = None,
    ) -> None:
        played = {"questions": questions, "pace": pace, "answers": answers, "play": play, "limit": limit}
        given = _drawn(decks, saved, role) | played | {"order": order, "hints": hints, "skip": skip}
        meant = MEANT.get(decks.strip().casefold())
        await interaction.client.quiz.act(interaction, meant or Open(line_of(given)))

    _complete(command, shelf)
    return command


def _schedule(shelf: Shelf) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="quiz-schedule", description=words.SCHEDULE)
    @app_commands.describe(when=words.WHEN, zone=words.ZONE, **_some("decks", "questions", "pace", "saved", "role"))
    @app_commands.choices(pace=_choices(words.PACES))
    async def command(
        interaction: Interaction,
        when: str,
        decks: str = "",
        questions: app_commands.Range[int, 1, MOST_QUESTIONS] | None = None,
        pace: str = "",
        saved: str = "",
        role: discord.Role | None = None,
        zone: str = "",
    ) -> None:
        given = _drawn(decks, saved, role) | {"questions": questions, "pace": pace}
        await interaction.client.quiz.act(interaction, Schedule(when, line_of(given), zone.strip()))

    _complete(command, shelf)
    return command


def _save() -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="quiz-save", description=words.SAVE)
    @app_commands.describe(name=words.SAVE_NAME)
    async def command(interaction: Interaction, name: app_commands.Range[str, 1, NAME]) -> None:
        await interaction.client.quiz.act(interaction, Save(name))

    return command


def _export() -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="quiz-export", description=words.EXPORT)
    async def command(interaction: Interaction) -> None:
        await interaction.client.quiz.export(interaction)

    return command


def _leaderboard() -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="leaderboard", description=words.BOARD)
    @app_commands.describe(back=words.BACK, hide=words.HIDE)
    async def command(
        interaction: Interaction, back: app_commands.Range[int, 0, WEEKS] = 0, hide: bool | None = None
    ) -> None:
        quiz = interaction.client.quiz
        if hide is None:
            await quiz.act(interaction, Board(back), public=True)
        else:
            await quiz.act(interaction, Hide(hide))

    return command


def _complete(command: app_commands.Command[Any, ..., Any], shelf: Callable[[], Any]) -> None:
    """Decks and saved quizzes are completed as they are typed."""

    @command.autocomplete("decks")
    async def decks(_interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return completed(shelf, typed)

    @command.autocomplete("saved")
    async def saved(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = await interaction.client.quiz.saved(interaction)
        fitting = [name for name in names if typed.casefold().strip() in name]
        return [app_commands.Choice(name=name, value=name) for name in fitting[:OPTIONS]]


def _drawn(decks: str, saved: str, role: discord.Role | None) -> dict[str, object]:
    """What both commands that open quizzes take."""
    return {"decks": decks, "saved": saved, "role": role.id if role else ""}


def _some(*names: str) -> dict[str, str]:
    return {name: words.OPTIONS[name] for name in names}


def _choices(named: dict[str, str]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name[:1].upper() + name[1:], value=value) for value, name in named.items()]
