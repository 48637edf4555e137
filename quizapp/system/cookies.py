"""The signed cookie of a browser. Its age does not matter: log-ins are rows, and end there."""

from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

MOST_KNOWN, LONGEST_KNOWN = 4000, 400
PLAIN = {"login", "csrf_token"}  # whoever is at work; these cannot be changed in place


class AgelessCookies(SecureCookieSessionInterface):
    """Flask's signed cookies, without a look at when they were signed.

    A clock that is set back would else make every cookie one from the future: nobody would be
    logged in any more. What a cookie holds that was found to be signed once is known again.
    """

    def __init__(self) -> None:
        self._key: Any = None
        self._serializer: URLSafeTimedSerializer | None = None
        self._known: dict[str, dict[str, Any]] = {}

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs, made once for a key: it is asked for with every request."""
        key = app.secret_key
        if self._serializer is None or self._key != key:
            self._known = {}
            self._key, self._serializer = key, super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds, nothing when it is not signed by us."""
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        text = request.cookies.get(self.get_cookie_name(app), "")
        known = self._known
        if found := known.get(text):
            return self.session_class(found)
        try:
            held = serializer.loads(text)
        except BadSignature:
            return self.session_class()
        if held.keys() == PLAIN and len(text) <= LONGEST_KNOWN:
            if len(known) >= MOST_KNOWN:
                known.clear()
            known[text] = held
        return self.session_class(held)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where what it holds has changed; as Flask does it, but looking first."""
        if session.modified or response.headers.get("Vary") != "Cookie":
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Let the application read its cookies so."""
    app.session_interface = AgelessCookies()
