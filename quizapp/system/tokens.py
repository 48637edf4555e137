"""The tokens of forms: checked by Flask-WTF, and what it has found good once is known again.

A token is a text that we signed, which stays so while the key does. So the signature of each is
worked out once; whether the token belongs to this browser's cookie is looked at every time.
"""

from hmac import compare_digest

from flask import Flask, current_app, g, request, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import same_origin

MOST_KNOWN = 4000
FIELD, HEADER = "csrf_token", "X-CSRFToken"


class Tokens(CSRFProtect):
    """Flask-WTF's protection of every form, with a memory of the tokens that it has taken."""

    def __init__(self, app: Flask) -> None:
        self._known: dict[str, str] = {}
        super().__init__(app)
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
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[self._get_csrf_token()] = session[FIELD]

    def _fits(self, text: str) -> bool:
        known, held = self._known.get(text), session.get(FIELD)
        if known is None or not isinstance(held, str) or not compare_digest(known, held):
            return False
        # Over https, the page that sends it must be one of ours as well.
        from_page = request.referrer or ""
        return not request.is_secure or same_origin(from_page, f"https://{request.host}/")
