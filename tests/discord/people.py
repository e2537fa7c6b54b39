"""People in the simulated Discord: what they type, press, choose and see, told as a story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from simcord.actors import MemberActor, _dispatch_actor_interaction
from simcord.backend.serializers import message_payload
from simcord.builders import ChannelHandle, UserHandle
from simcord.results import InteractionResult

from .backfill import Backfill

BUTTON, MENU, TEXT_INPUT, TEXT, LABEL = 2, 3, 4, 10, 18
Json = dict[str, Any]


class Person:
    """Somebody in their private chat with the bot, or, with a channel, a member of a server."""

    def __init__(
        self, running: Backfill, name: str, channel: ChannelHandle | None = None, *, roles: Sequence[Any] = ()
    ) -> None:
        self.running = running
        self.name = name
        self.story: list[str] = []
        self.result: InteractionResult | None = None
        user = running.env.create_user(name.casefold(), global_name=name)
        self._user: UserHandle = user
        self._member: MemberActor | None = running.env.guild.add_member(user, roles=list(roles)) if channel else None
        self.channel = channel or user.dm_channel
        self._seen: dict[int, str] = {}
        self._numbers: dict[int, int] = {}

    @property
    def id(self) -> int:
        return self._user.id

    @property
    def actor(self) -> Any:
        return self._member or self._user

    # --- what they do --------------------------------------------------------------------------------------------

    async def commands(self, name: str, **options: Any) -> InteractionResult:
        """A slash command."""
        told = "".join(f" {option}:{value}" for option, value in options.items())
        place = (self.channel,) if self._member else ()
        return self._tell(f"{self.name}: /{name}{told}", await self.actor.slash(*place, name, **options))

    async def presses(self, label: str, *, message: Any = None) -> InteractionResult:
        """The button whose label begins so, or the option of a menu, on the newest message that has it."""
        found, component, option = self._find(label, message)
        if option is not None:
            result = await self.actor.select(found, [option["value"]], custom_id=component["custom_id"])
            return self._tell(f"({self.name} chooses) {option['label']}", result)
        result = await self.actor.click(found, custom_id=component["custom_id"])
        return self._tell(f"({self.name} presses) {component['label']}", result)

    async def writes(self, text: str, *, pen: str = "Type") -> InteractionResult:
        """Open the form, type into it and send it."""
        form = await self.presses(pen)
        return await self.sends(form, text)

    async def sends(self, form: InteractionResult, text: str) -> InteractionResult:
        """Send a form that is open."""
        assert form.modal is not None
        field = next(c for c in walk(form.modal["components"]) if c["type"] == TEXT_INPUT)
        result = await self.actor.submit_modal(form, {field["custom_id"]: text})
        return self._tell(f"({self.name} writes) {text}", result)

    async def says(self, text: str) -> None:
        """A message in the private chat."""
        await self._user.send_dm(text)
        self._tell(f"{self.name}: {text}", None)

    async def sends_raw(self, kind: int, data: Json, *, message: Any = None) -> InteractionResult:
        """An interaction no client of today would send: kind 2 is a command, 3 a press, 5 a form."""
        extra, source = {}, None
        if message is not None:
            stored = self.running.env.backend.get_message(self.channel.id, message.id)
            extra, source = {"message": dict(message_payload(self.running.env.backend, stored))}, message.id
        result = await _dispatch_actor_interaction(
            self.actor, kind, self.channel, data, extra=extra, source_message_id=source
        )
        return self._tell(f"({self.name} sends) {data}", result)

    # --- what they see -------------------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Any]:
        """What the bot has said that this person sees, oldest first."""
        bot = self.running.env.bot.user.id
        return [message for message in self.channel.history(viewer=self.actor) if message.author.id == bot]

    @property
    def screen(self) -> str:
        """The newest message."""
        return shown(self.messages[-1])

    @property
    def buttons(self) -> list[str]:
        """What can be pressed or chosen on the newest message."""
        found = []
        for component in walk(raw(self.messages[-1])):
            if component["type"] == BUTTON:
                found.append(component["label"])
            if component["type"] == MENU:
                found += [option["label"] for option in component["options"]]
        return found

    def _find(self, label: str, message: Any) -> tuple[Any, Json, Json | None]:
        for candidate in [message] if message else reversed(self.messages):
            for component in walk(raw(candidate)):
                if component["type"] == BUTTON and component["label"].startswith(label):
                    return candidate, component, None
                options = component["options"] if component["type"] == MENU else ()
                for option in options:
                    if option["label"].startswith(label):
                        return candidate, component, option
        raise AssertionError(f"no [{label}] here:\n\n" + "\n\n".join(shown(message) for message in self.messages[-2:]))

    def _tell(self, deed: str, result: InteractionResult | None) -> InteractionResult:
        """Write down what was done and what changed on the screen."""
        self.story.append(deed)
        if result is not None:
            assert result.acknowledged, f"nobody answered: {deed}"
            self.result = result
            if result.modal:
                self.story.append("(a form opens)\n" + form_text(result.modal))
        for message in self.messages:
            now, before = shown(message), self._seen.get(message.id)
            number = self._numbers.setdefault(message.id, len(self._numbers) + 1)
            if now != before:
                who = ", only for them" if message.flags.ephemeral else ""
                self.story.append(f"(message {number}{who}{' becomes' if before else ''})\n{now}")
            self._seen[message.id] = now
        return result  # type: ignore[return-value]


def raw(message: Any) -> list[Json]:
    return [component.to_dict() for component in message.components]


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Every component, nested ones after what holds them."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        for key in ("component", "accessory"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def shown(message: Any) -> str:
    """A message as a phone would show it, without the container's frame."""
    lines = []
    for container in raw(message):
        for part in container.get("components", ()):
            if part["type"] == TEXT:
                lines.append(part["content"])
            else:
                lines.append(_row(part["components"]))
    return "\n".join(lines) or message.content


def _row(row: Sequence[Json]) -> str:
    if row[0]["type"] > TEXT_INPUT:
        return f"[{row[0]['placeholder']} ▾]"
    if row[0]["type"] == MENU:
        return f"[{row[0]['placeholder']} ▾] " + " | ".join(option["label"] for option in row[0]["options"])
    return " ".join(f"[{button['label']}]" for button in row)


def form_text(modal: Json) -> str:
    """A form as text."""
    lines = [f"{modal['title']}:"]
    for component in modal["components"]:
        if component["type"] == TEXT:
            lines.append(component["content"])
        if component["type"] == LABEL:
            lines.append(f"{component['label']} [{'_' * (40 if component['component']['style'] == 2 else 12)}]")
    return "\n".join(lines)
