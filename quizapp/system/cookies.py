"""The signed cookie of a browser. Its age does not matter: log-ins are rows, and end there."""

from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer


class AgelessCookies(SecureCookieSessionInterface):
    """Flask's signed cookies, without a look at when they were signed.

    A clock that is set back would else make every cookie one from the future: nobody would be
    logged in any more.
    """

    _made: tuple[Any, URLSafeTimedSerializer | None] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs, made once for a key: it is asked for with every request."""
        key = app.secret_key
        if self._made is None or self._made[0] != key:
            self._made = key, super().get_signing_serializer(app)
        return self._made[1]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds, nothing when it is not signed by us."""
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        try:
            held = serializer.loads(request.cookies.get(self.get_cookie_name(app), ""))
        except BadSignature:
            return self.session_class()
        return self.session_class(held)


def init_app(app: Flask) -> None:
    """Let the application read its cookies so."""
    app.session_interface = AgelessCookies()
