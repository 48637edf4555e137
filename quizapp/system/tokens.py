"""The tokens of forms: checked by Flask-WTF, and what it has found good once is known again.

A token is a text that we signed, which stays so while the key does. So what we have given out, or
have checked, is not worked out again; whether it belongs to this browser's cookie is, every time.
"""

import re
from hmac import compare_digest

from flask import Flask, current_app, g, request, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf, same_origin
from werkzeug.wrappers import Response as Page

MOST_KNOWN = 4000
# As we write one. What is signed may be followed by anything that the signer passes over.
PLAIN = re.compile(r"[\w.-]{1,200}", re.ASCII)
FIELD, HEADER = "csrf_token", "X-CSRFToken"


class Tokens(CSRFProtect):
    """Flask-WTF's protection of every form, with a memory of the tokens that it gave and took."""

    def __init__(self, app: Flask) -> None:
        self._known: dict[str, str] = {}
        self._given: dict[str, str] = {}
        super().__init__(app)
        app.after_request(self._note)
        app.config.update(WTF_CSRF_FIELD_NAME=FIELD, WTF_CSRF_HEADERS=[HEADER])

    def protect(self, apply_exemptions: bool = False) -> None:
        """Let a request through whose token is known and fits; what is in doubt Flask-WTF decides.

        Raises CSRFError.
        """
        config = current_app.config
        if not request.endpoint or request.method not in config["WTF_CSRF_METHODS"]:
            return
        lasts = config["WTF_CSRF_TIME_LIMIT"] is None
        if lasts and self._fits(request.headers.get(HEADER) or self._get_csrf_token() or ""):
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)
        if g.get("csrf_valid"):
            self._remember(self._get_csrf_token())

    def give(self) -> str:
        """Return the token for a page: the one that this browser was given before, if it is known.

        Tokens of one browser open the same and last as long as each other.
        """
        given = self._given.get(session.get(FIELD, ""))
        if given is not None and FIELD not in g:
            g.csrf_token = given
        return str(generate_csrf())

    def _note(self, page: Page) -> Page:
        if FIELD in g and FIELD in session:
            self._remember(g.csrf_token)
        return page

    def _remember(self, token: str) -> None:
        if not PLAIN.fullmatch(token):
            return
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
            self._given.clear()
        self._known[token] = session[FIELD]
        self._given[session[FIELD]] = token

    def _fits(self, text: str) -> bool:
        known, held = self._known.get(text), session.get(FIELD)
        if known is None or not isinstance(held, str) or not compare_digest(known, held):
            return False
        if not request.is_secure:
            return True
        # Over https, the page that sends it must be one of ours as well.
        return bool(same_origin(request.referrer or "", f"https://{request.host}/"))
