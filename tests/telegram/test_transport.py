"""The transport against real sockets: what each failure is called, and whether the call may have been delivered."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest
from telegram import Bot, error
from telegram.ext import ExtBot

from bot.telegram.transport import AiohttpRequest, NotSent, Unanswered, delivery_unknown, was_not_sent

from .server import TOKEN, BotApiServer, Garbled, LostAfter, LostBefore, SlowAfter, flood, server_error

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{"ok":true,"result":true}'


async def read_call(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    await reader.readexactly(int(length))


@asynccontextmanager
async def peer(behave: Peer) -> AsyncIterator[str]:
    """A bare TCP server that treats every connection with `behave`; its base address."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behave(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the transport hung up first, which is what some rows are about
        finally:
            writer.transport.abort()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/bot"


async def closes_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def resets_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


async def reads_then_closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_call(reader)


async def reads_then_says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_call(reader)
    await reader.read()


async def answers_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_call(reader)
    writer.write(OK[:-10])
    await writer.drain()


async def answers_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_call(reader)
    writer.write(OK[:-10])
    await writer.drain()
    await reader.read()


async def speaks_no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_call(reader)
    writer.write(b"220 mail.example ESMTP\r\n\r\n")
    await writer.drain()


@asynccontextmanager
async def nobody_listens() -> AsyncIterator[str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/bot"


@asynccontextmanager
async def never_accepts() -> AsyncIterator[str]:
    """A listener whose queue is full, so that connecting hangs."""
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/bot"


@asynccontextmanager
async def unknown_name() -> AsyncIterator[str]:
    yield "http://no-such-host.invalid/bot"


@asynccontextmanager
async def plain_text_where_tls_is_expected() -> AsyncIterator[str]:
    async with peer(speaks_no_tls) as address:
        yield address.replace("http:", "https:")


async def speaks_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(10)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


ROWS = [
    (nobody_listens, "ClientConnectorError", error.NetworkError, NotSent),
    (unknown_name, "ClientConnectorDNSError", error.NetworkError, NotSent),
    (plain_text_where_tls_is_expected, "ClientConnectorSSLError", error.NetworkError, NotSent),
    (never_accepts, "ConnectionTimeoutError", error.TimedOut, NotSent),
    (lambda: peer(closes_at_once), "ServerDisconnectedError|ClientOSError", error.NetworkError, Unanswered),
    (lambda: peer(resets_at_once), "ServerDisconnectedError|ClientOSError", error.NetworkError, Unanswered),
    (lambda: peer(reads_then_closes), "ServerDisconnectedError", error.NetworkError, Unanswered),
    (lambda: peer(reads_then_says_nothing), "SocketTimeoutError", error.TimedOut, Unanswered),
    (lambda: peer(answers_half), "ClientPayloadError", error.NetworkError, Unanswered),
    (lambda: peer(answers_slowly), "SocketTimeoutError", error.TimedOut, Unanswered),
    (lambda: peer(speaks_no_http), "ClientResponseError", error.NetworkError, Unanswered),
]


@pytest.mark.parametrize(("world", "label", "kind", "cause"), ROWS)
async def test_every_cause_says_whether_the_call_may_have_arrived(
    world: Callable[[], AbstractAsyncContextManager[str]],
    label: str,
    kind: type,
    cause: type,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    # Short waits only where waiting is the point, so that a busy machine cannot turn one cause into another.
    connect = 0.3 if label == "ConnectionTimeoutError" else 20.0
    read = 0.2 if label == "SocketTimeoutError" else 20.0
    async with world() as address, AiohttpRequest(connect_timeout=connect, read_timeout=read) as request:
        with pytest.raises(error.NetworkError) as caught:
            await send(address, request)
    failure = caught.value
    assert type(failure) is kind
    assert isinstance(failure.__cause__, cause)
    assert any(str(failure).split(": ")[1].startswith(name) for name in label.split("|")), str(failure)
    assert was_not_sent(failure) is (cause is NotSent)
    assert delivery_unknown(failure) is (cause is Unanswered)
    assert TOKEN not in everything_said(failure, caplog)


async def test_a_full_pool_means_not_sent() -> None:
    async with (
        peer(reads_then_says_nothing) as address,
        AiohttpRequest(pool_size=1, pool_timeout=0.05, connect_timeout=0.05, read_timeout=None) as request,
    ):
        holder = asyncio.create_task(send(address, request))
        await asyncio.sleep(0.05)
        with pytest.raises(error.TimedOut) as caught:
            await send(address, request)
        assert was_not_sent(caught.value)
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)


async def test_a_kept_connection_that_died_leaves_delivery_unknown() -> None:
    async def answers_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_call(reader)
        writer.write(OK.replace(b"Length: 24", b"Length: 25"))
        await writer.drain()
        await read_call(reader)

    async with peer(answers_once) as address, AiohttpRequest() as request:
        assert await request.post(f"{address}{TOKEN}/getMe", None) is True
        with pytest.raises(error.NetworkError) as caught:
            await send(address, request)
        assert delivery_unknown(caught.value)


async def test_a_redirect_is_not_followed() -> None:
    async def points_elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_call(reader)
        writer.write(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with peer(points_elsewhere) as address, AiohttpRequest() as request:
        with pytest.raises(error.NetworkError, match="Temporary Redirect"):
            await send(address, request)


async def test_a_call_may_set_its_own_timeouts() -> None:
    async with peer(reads_then_says_nothing) as address, AiohttpRequest(read_timeout=None) as request:
        with pytest.raises(error.TimedOut):
            await bot_at(address, request).send_message(1, "x", read_timeout=0.05)


async def test_long_polling_waits_longer_than_the_read_timeout(server: BotApiServer) -> None:
    async with AiohttpRequest(read_timeout=0.2) as request:
        polling = bot_at(server.base_url, request)
        assert await polling.get_updates(timeout=1) == ()


async def test_a_transport_that_is_closed_says_so_and_can_be_opened_again(server: BotApiServer) -> None:
    request = AiohttpRequest()
    polling = bot_at(server.base_url, request)
    with pytest.raises(error.NetworkError, match="not initialized"):
        await polling.get_me()
    await request.initialize()
    await request.initialize()
    assert (await polling.get_me()).is_bot
    await request.shutdown()
    await request.shutdown()
    with pytest.raises(error.NetworkError, match="already shut down"):
        await polling.get_me()
    async with request:
        assert (await polling.get_me()).is_bot


ANSWERS = [
    (server_error(500), error.NetworkError, True),
    (server_error(502), error.NetworkError, True),
    (server_error(504), error.NetworkError, True),
    (Garbled(), error.TelegramError, True),
    (LostBefore(), error.NetworkError, True),  # nobody can tell this from the next
    (LostAfter(), error.NetworkError, True),
    (SlowAfter(0.6), error.TimedOut, True),
    (flood(3), error.RetryAfter, False),
]


@pytest.mark.parametrize(("fault", "kind", "unknown"), ANSWERS)
async def test_a_fault_on_the_way_back_is_judged(
    server: BotApiServer, bot: ExtBot[None], fault: object, kind: type, unknown: bool
) -> None:
    ann = server.user(1, "Ann")
    ann.write("hi")
    server.faults.plan(fault, "sendMessage")  # type: ignore[arg-type]
    with pytest.raises(error.TelegramError) as caught:
        await bot.send_message(1, "once", read_timeout=0.3 if kind is error.TimedOut else 20)
    assert type(caught.value) is kind
    assert delivery_unknown(caught.value) is unknown
    assert not was_not_sent(caught.value)
    assert sum(server.faults.hits.values()) == 1


@pytest.mark.parametrize("fault", [LostAfter(), SlowAfter(0.6), Garbled()])
async def test_unknown_means_that_the_message_can_be_there(
    server: BotApiServer, bot: ExtBot[None], fault: object
) -> None:
    ann = server.user(1, "Ann")
    ann.write("hi")
    server.faults.plan(fault, "sendMessage")  # type: ignore[arg-type]
    with pytest.raises(error.TelegramError):
        await bot.send_message(1, "there", read_timeout=0.3 if isinstance(fault, SlowAfter) else 20)
    assert [message.text for message in ann.messages] == ["there"]


@pytest.mark.parametrize(
    "refusal",
    [
        error.BadRequest("x"),
        error.Forbidden("x"),
        error.ChatMigrated(-100),
        error.Conflict("x"),
        error.InvalidToken(),
        error.EndPointNotFound("x"),
        error.RetryAfter(1),
    ],
)
def test_a_refusal_is_never_a_delivery(refusal: error.TelegramError) -> None:
    assert not delivery_unknown(refusal)
    assert not was_not_sent(refusal)


async def test_any_text_arrives_as_it_was_sent(server: BotApiServer, bot: ExtBot[None]) -> None:
    ann = server.user(1, "Ann")
    ann.write("hi")
    text = "é 😀 & < > \" ' % + = ; 日本語\nzweite Zeile"
    sent = await bot.send_message(1, text)
    assert sent.text == text == ann.messages[-1].text


async def test_a_file_arrives_byte_for_byte_with_its_text(server: BotApiServer, bot: ExtBot[None]) -> None:
    server.user(1, "Ann").write("hi")
    content = bytes(range(256)) * 8000
    await bot.send_document(1, content, filename="Übung.csv", caption="é & <b>", parse_mode=None)
    [upload] = server.uploads.values()
    assert (upload.content, upload.filename) == (content, "Übung.csv")
    assert server.calls[-1].params["caption"] == "é & <b>"


async def test_many_calls_share_a_small_pool(server: BotApiServer) -> None:
    async with AiohttpRequest(pool_size=4, pool_timeout=None) as request:
        asking = bot_at(server.base_url, request)
        assert len(await asyncio.gather(*(asking.get_me() for _ in range(64)))) == 64


def bot_at(address: str, request: AiohttpRequest) -> Bot:
    return Bot(TOKEN, base_url=address, request=request, get_updates_request=request)


async def send(address: str, request: AiohttpRequest) -> None:
    await bot_at(address, request).send_message(1, "x")


def everything_said(failure: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    """The exception with its whole chain, and all logs but the library's own (the application silences those)."""
    chain, at = [], failure
    while at is not None:
        chain.append(f"{at!r} {at.__context__!r}")
        at = at.__cause__ or at.__context__  # type: ignore[assignment]
    logs = [str(record.getMessage()) for record in caplog.records if not record.name.startswith("telegram")]
    return "\n".join([*traceback.format_exception(failure), *chain, *logs])
