"""Buttons and lists of a quiz that survive a restart, found by templates disjoint from all others. The quiz's ordinary
buttons are `Press`es of `bot.discord.components`."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import ui

from bot.discord.quiz_draw import PEN
from bot.discord.quiz_options import LIST, PAGE


class Answer(ui.DynamicItem[ui.Button[Any]], template=PEN):
    """The button that opens the form for an answer in text."""

    def __init__(self, quiz: str, question: int, button: ui.Button[Any]) -> None:
        super().__init__(button)
        self._quiz = quiz
        self._question = question

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], match: re.Match[str], /) -> Answer:
        assert isinstance(item, ui.Button)  # noqa: S101 - the library matches the type
        return cls(match["quiz"], int(match["question"]), item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.quiz.write(interaction, self._quiz, self._question)


class Options(ui.DynamicItem[ui.Item[Any]], template=LIST):
    """A list that changes one option of a quiz."""

    def __init__(self, quiz: str, name: str, item: ui.Item[Any]) -> None:
        super().__init__(item)
        self._quiz = quiz
        self._name = name

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], match: re.Match[str], /) -> Options:
        return cls(match["quiz"], match["name"], item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.quiz.choose(interaction, self._quiz, self._name)


class MoreDecks(ui.DynamicItem[ui.Button[Any]], template=PAGE):
    """The button that leads to the next decks of the options."""

    def __init__(self, quiz: str, page: int, button: ui.Button[Any]) -> None:
        super().__init__(button)
        self._quiz = quiz
        self._page = page

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], match: re.Match[str], /) -> MoreDecks:
        assert isinstance(item, ui.Button)  # noqa: S101 - the library matches the type
        return cls(match["quiz"], int(match["page"]), item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.quiz.turn(interaction, self._quiz, self._page)


ITEMS = (Answer, Options, MoreDecks)
