"""What a server's managers settle for its quizzes: who may start one, and the decks of /quiz alone."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from bot.core.model import Scope, TutorError
from bot.core.ports import Turn
from bot.core.quiz import private, words
from bot.core.quiz.actions import LetHost, SetDecks, ShowSetup
from bot.core.quiz.command import read_source
from bot.core.quiz.model import Person, Place
from bot.core.quiz.options import Options
from bot.core.quiz.press import told
from bot.core.quiz.source import titles
from bot.core.reply import Reply
from bot.core.servers import Hosts, Server
from bot.quiz.book import Book


class Setup:
    """Reads and changes it. A button carries no authority: whoever presses must manage the server at that moment."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def handle(self, place: Place, person: Person, action: ShowSetup | LetHost | SetDecks) -> Reply:
        """The screen, or what was changed. TutorError: not for them, or there are no such decks."""
        if not person.manages:
            raise TutorError(words.ADMINS_SET_UP)
        match action:
            case ShowSetup():
                return self._screen(await self._of(place))
            case LetHost(everybody=everybody):
                hosts = Hosts.EVERYONE if everybody else Hosts.MANAGERS
                server = await self._changed(place, lambda server: replace(server, hosts=hosts, role=""))
                return replace(self._screen(server), toast=words.may_start(everybody=everybody))
            case SetDecks(text=text):
                source = read_source(text, self._book.catalogue())
                await self._changed(place, lambda server: replace(server, source=source, scope=Scope()))
                return told(words.settled(titles(source, self._book.catalogue())))

    async def options(self, place: Place) -> Options:
        """Of /quiz alone: the decks that were settled, else everything; also where those are gone since."""
        server = await self._of(place)
        chosen = Options(source=server.source or server.scope.slug)
        return chosen if self._book.drawn(chosen, self._book.catalogue()) else Options()

    async def only_managers_host(self, place: Place) -> bool:
        """Whether only who manages may start a quiz there; who has the role for it is the platform's to say."""
        return (await self._of(place)).hosts is Hosts.MANAGERS

    def _screen(self, server: Server) -> Reply:
        drawn = titles(server.source or server.scope.slug, self._book.catalogue())
        return private.setup(drawn, everybody=server.hosts is Hosts.EVERYONE)

    async def _of(self, place: Place) -> Server:
        return await self._book.read(lambda turn, _quizzes: _found(turn, place))

    async def _changed(self, place: Place, change: Callable[[Server], Server]) -> Server:
        def work(turn: Turn) -> Server:
            server = change(_found(turn, place))
            turn.servers().save(server)
            return server

        return await self._book.read(lambda turn, _quizzes: work(turn))


def _found(turn: Turn, place: Place) -> Server:
    """A server's settings, else the defaults."""
    found = turn.servers().find(place.platform, place.server) if place.server else None
    return found or Server(platform=place.platform, external=place.server)
