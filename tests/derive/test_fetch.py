"""A fetch reaches the public internet only, follows few redirects, and takes no more than it may."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from decks.derive.fetch import PUBLIC, Reach, check_url, fetch, is_public
from decks.derive.limits import MAX_BYTES, DeriveError


class _Site(BaseHTTPRequestHandler):
    """Pages and redirects by path."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        moved = {
            "/away": f"http://127.0.0.2:{port}/page",
            "/metadata": "http://169.254.169.254/latest",
            "/file": "file:///etc/passwd",
            "/ssh": "http://127.0.0.1:22/",
            "/once": "/page",
            "/round": "/round",
        }
        if self.path in moved:
            self.send_response(302)
            self.send_header("Location", moved[self.path])
            self.end_headers()
            return
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "text/html; charset=latin-1")
        self.end_headers()
        body = b"x" * (MAX_BYTES + 1) if self.path == "/big" else "<p>caf\u00e9".encode("latin-1")
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def only_here(port: int) -> Reach:
    """What the public internet is to these tests."""
    return Reach(lambda host: host == "127.0.0.1", (port,))


def refusal(url: str, reach: Reach = PUBLIC) -> str:
    with pytest.raises(DeriveError) as caught:
        fetch(url, reach)
    return caught.value.problem


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "0.0.0.0",
            "10.0.0.8",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
        ),
        *(
            "::1",
            "::",
            "fe80::1%eth0",
            "fc00::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::127.0.0.1",
        ),
    ],
)
def test_no_private_address_is_public(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize("host", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_public_addresses_are(host: str) -> None:
    assert is_public(host)


@pytest.mark.parametrize("url", ["http://{}:{}/", "http://localhost:{1}/", "http://[::ffff:127.0.0.1]:{1}/"])
def test_a_private_address_is_refused_however_it_is_written(url: str, site: int) -> None:
    reach = Reach(is_public, (site,))
    assert "not a public address" in refusal(url.format("127.0.0.1", site), reach)


@pytest.mark.parametrize("url", ["http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://0/"])
def test_a_number_that_means_this_machine_is_refused(url: str) -> None:
    assert "not a public address" in refusal(url) or "cannot be fetched" in refusal(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://knots.example/a", "not an http or https address"),
        ("file:///etc/passwd", "not an http or https address"),
        ("https://me:secret@knots.example/", "name or password"),
        ("https://knots.example:8080/", "port 8080"),
        ("http://[::1", "no address"),
        ("https:///a", "not an http or https address"),
    ],
)
def test_an_address_is_http_on_a_usual_port_without_a_password(url: str, said: str) -> None:
    with pytest.raises(DeriveError, match=said) as caught:
        check_url(url, "the page")
    assert "secret" not in str(caught.value)


def test_a_page_comes_with_the_encoding_it_was_sent_in(site: int) -> None:
    blob = fetch(f"http://127.0.0.1:{site}/once", only_here(site))
    assert (blob.data.decode(blob.encoding), blob.key) == ("<p>caf\u00e9", f"http://127.0.0.1:{site}/once")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/away", "leads to 127.0.0.2, which is not a public address"),
        ("/metadata", "port|not a public address"),
        ("/file", "not an http or https address"),
        ("/ssh", "port 22"),
        ("/round", "redirects more than 3 times"),
        ("/missing", "answered 404"),
        ("/big", "larger than 16 MB"),
    ],
)
def test_a_redirect_is_checked_like_the_address_itself(path: str, said: str, site: int) -> None:
    with pytest.raises(DeriveError, match=said):
        fetch(f"http://127.0.0.1:{site}{path}", only_here(site))
