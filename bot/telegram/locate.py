"""A shared location instead of a typed city: which of the zones nearby is yours. Pure; the location is not kept."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core.actions import Set
from bot.core.clock import city, is_zone
from bot.core.layout import rows_of
from bot.core.reply import Aside, Button, Line, Reply, Screen
from bot.telegram.places import nearest_zones
from bot.telegram.words import OR_LOCATION, WHICH_PLACE


def offer_zones(latitude: float, longitude: float) -> Reply:
    """The nearest cities, one tap each; degrees."""
    zones = [zone for zone in nearest_zones(latitude, longitude) if is_zone(zone)]
    buttons = [Button(city(zone), Set("zone", zone)) for zone in zones]
    return Reply(screen=Screen.SETTINGS, body=(Line(WHICH_PLACE),), rows=rows_of(buttons))


def hinted(reply: Reply) -> Reply:
    """The reply; where a city has to be typed, with the hint that a location says it too."""
    actions = [button.action for row in reply.rows for button in row]
    typed = Set("skip", "city") in actions and Set("city", "") not in actions
    return replace(reply, body=(*reply.body, Aside(OR_LOCATION))) if typed else reply
