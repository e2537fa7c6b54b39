"""One page or feed from the web, within limits, and never from inside the network that asks.

The guard sits where the socket is made: a check of names alone misses literal addresses, redirects and a name that
resolves otherwise the second time.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import aiohttp
from msgspec import Struct

from decks.derive.limits import MAX_BYTES, DeriveError, megabytes
from decks.derive.readers import Blob

SECONDS = 10.0  # for the whole exchange
REDIRECTS = 3
AGENT = "backfill-decks/1 (deck drafting)"

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What Python calls global and still leads inside: NAT64, 6to4 and ::/96 carry any IPv4 address.
_CARRIERS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "64:ff9b:1::/48", "::/96"))


class PrivateAddress(OSError):
    """An address that may not be reached."""


class Reach(Struct, frozen=True):
    """Where a fetch may go: what it may ask of an IP address, and on which ports."""

    allows: Callable[[str], bool]
    ports: tuple[int, ...]


def is_public(host: str) -> bool:
    """Whether an IP address is on the public internet, also when it is wrapped in an IPv6 one."""
    address: _Address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if any(address in carrier for carrier in _CARRIERS):
            return False
    return address.is_global and not address.is_multicast


PUBLIC = Reach(is_public, (80, 443))


def fetch(url: str, reach: Reach = PUBLIC) -> Blob:
    """The body of a page. Raises DeriveError for what may not or cannot be fetched."""
    return asyncio.run(_fetch(url, reach))


def check_url(url: str, name: str, reach: Reach = PUBLIC) -> None:
    """Raise DeriveError unless the address is http or https, on a usual port, without credentials."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DeriveError(name, f"{url} is no address", "Give https://host/path.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DeriveError(name, f"{url} is not an http or https address", "Give https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise DeriveError(name, "The address holds a name or password", "Download the file yourself.")
    if port not in (None, *reach.ports):
        raise DeriveError(name, f"The address uses port {port}", "Only 80 and 443 are fetched from.")


async def _fetch(url: str, reach: Reach) -> Blob:
    def guarded(info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        if not reach.allows(str(address[0])):
            raise PrivateAddress(str(address[0]))
        return socket.socket(family, kind, protocol)

    timeout = aiohttp.ClientTimeout(total=SECONDS)
    connector = aiohttp.TCPConnector(socket_factory=guarded)
    try:
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, headers={"User-Agent": AGENT}
        ) as session:
            return await _follow(session, url, reach)
    except TimeoutError as error:
        raise DeriveError(url, f"It did not answer within {SECONDS:g} seconds", "Try again, or download it.") from error
    except (aiohttp.ClientError, OSError) as error:
        if private := _private(error):
            problem = f"It leads to {private}, which is not a public address"
            raise DeriveError(url, problem, "Download the file yourself and give its path.") from error
        raise DeriveError(url, f"It cannot be fetched ({error})", "Check the address.") from error


async def _follow(session: aiohttp.ClientSession, url: str, reach: Reach) -> Blob:
    here = url
    for _ in range(REDIRECTS + 1):
        check_url(here, url, reach)
        async with session.get(here, allow_redirects=False) as response:
            if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
                here = urljoin(here, response.headers["Location"])
                continue
            if response.status != 200:
                raise DeriveError(url, f"The server answered {response.status}", "Check the address.")
            data = await _body(response, url)
            return Blob(url, url, data, response.charset or "", url)
    raise DeriveError(url, f"It redirects more than {REDIRECTS} times", "Give the final address.")


async def _body(response: aiohttp.ClientResponse, url: str) -> bytes:
    """At most MAX_BYTES after decompression, whatever the length header says."""
    data = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > MAX_BYTES:
            raise DeriveError(url, f"It is larger than {megabytes(MAX_BYTES)}", "Download a part of it.")
    return bytes(data)


def _private(error: BaseException | None) -> str:
    """The address a guard refused, somewhere behind an error."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, PrivateAddress):
            return str(error)
        nested = getattr(error, "os_error", None) or getattr(error, "exceptions", (None,))[0]
        error, seen = nested or error.__cause__ or error.__context__, seen + 1
    return ""
