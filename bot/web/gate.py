"""Who may use the page: browsers that bought a session with the printed one-time token, under the page's own name.

The learner's own machine runs other programs and shows other sites, and any of them can send requests to a loopback
port. So: a foreign Host is refused (DNS rebinding), a foreign or missing Origin on a POST is refused (other sites,
other local ports), and without the session cookie nothing is shown. Sessions live as long as the process does.
"""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 16  # 128 bits


class Gate:
    """Tokens and sessions of one running page. Keeps digests only, so comparing tells an attacker nothing by timing."""

    def __init__(self, port: int, token: str | None = None) -> None:
        """`token` fixes the first token; without it one is drawn."""
        self.cookie = f"backfill_{port}"  # cookies ignore ports: two tutors must not share a name
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        if port == 80:
            self._hosts |= {"127.0.0.1", "localhost"}  # browsers leave the default port out
        self._origin_hosts = {f"http://{host}" for host in self._hosts}
        self._port = port
        self._token = token or secrets.token_urlsafe(TOKEN_BYTES)
        self._sessions: set[bytes] = set()

    @property
    def address(self) -> str:
        """The address that opens the page in one more browser."""
        return f"http://127.0.0.1:{self._port}/?token={self._token}"

    def redeem(self, token: str) -> str | None:
        """A new session for the token, which is used up by it; None for a wrong or used token."""
        if not secrets.compare_digest(_digest(token), _digest(self._token)):
            return None
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        session = secrets.token_urlsafe(TOKEN_BYTES)
        self._sessions.add(_digest(session))
        return session

    def admits(self, session: str) -> bool:
        """Whether a cookie's value is a session of this page."""
        return _digest(session) in self._sessions

    def is_own(self, method: str, host: str, origin: str | None) -> bool:
        """Whether a request calls this page by its own name and comes from it; browsers send Origin on every POST."""
        if host.lower() not in self._hosts:
            return False
        return method in ("GET", "HEAD") if origin is None else origin in self._origin_hosts


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="backslashreplace")).digest()
