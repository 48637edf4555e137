"""People at their browsers, as plain HTTP: only what a form sends, and the cookies."""

import html
import http.client
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
LOST = (http.client.HTTPException, OSError)


class Busy(OSError):
    """The server says 503: try again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str
    headers: Mapping[str, str]


@dataclass
class Browser:
    """One person's browser. A lost connection raises one of LOST; the next request opens one."""

    port: int
    timeout: float = 20.0
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """Get a page and remember the token of its forms."""
        answer = self.send("GET", path)
        if found := TOKEN.search(answer.text):
            self.token = html.unescape(found[1])
        return answer

    def post(self, path: str, data: Mapping[str, str]) -> Answer:
        """Post a form with the token of the page seen last. Redirects are not followed."""
        return self.send("POST", path, self._form(data), FORM)

    def post_json(self, path: str, data: Mapping[str, object]) -> Answer:
        """Send what a page's script sends, with the token in a header."""
        return self.send("POST", path, json.dumps(data).encode(), JSON)

    def post_unheard(self, path: str, data: Mapping[str, str]) -> None:
        """Post a form and hang up: the request arrives, and its reply is lost on the way."""
        self._ask("POST", path, self._form(data), FORM, {})
        self.close()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request. A connection that breaks is dropped, and the error passed on."""
        try:
            page = self._ask(method, path, body, kind, more or {}).getresponse()
            text = page.read().decode("utf-8", "replace")
        except LOST:
            self.close()
            raise
        for value in page.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.split(";")[0]
        where = urlsplit(page.headers.get("Location") or "")
        location = f"{where.path}?{where.query}" if where.query else where.path
        return Answer(page.status, location, text, dict(page.headers))

    def _form(self, data: Mapping[str, str]) -> bytes:
        return urlencode({"csrf_token": self.token, **data}).encode()

    def _ask(
        self, method: str, path: str, body: bytes | None, kind: str | None, more: Mapping[str, str]
    ) -> http.client.HTTPConnection:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, **more}
        if kind:
            headers |= {"Content-Type": kind}
        if kind == JSON:
            headers |= {"X-CSRFToken": self.token}
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=self.timeout
            )
        self._connection.request(method, path, body, headers)
        return self._connection

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the cookies stay."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(frozen=True, slots=True)
class Seat:
    """One who is logged in, a token for forms; before a start, `attempt` and `key` are empty."""

    cookies: Mapping[str, str]
    token: str
    attempt: str = ""
    key: str = ""


class Student(Browser):
    """A student who joins and works at the first assignment on the home page."""

    attempt: str = ""
    key: str = ""
    base: str = "{}"

    def join(self, code: str, name: str) -> None:
        """Join the classroom. Raises AssertionError when the server says no."""
        self.get(f"/join/{code}")
        answer = self.post("/join", {"code": code, "name": name})
        assert answer.status == 303, f"joining: {answer.status}"

    def sit(self, seat: Seat) -> None:
        """Become another student at the same browser; an open connection goes on."""
        self.cookies, self.token = dict(seat.cookies), seat.token
        self.attempt, self.key, self.base = seat.attempt, seat.key, "{}"

    def begin(self, assignment: str) -> None:
        """Start the attempt, and keep its address and the key of its submission. Raises Busy."""
        if self.get("/home").status == 503:
            raise Busy
        answer = self.post(f"/assignments/{assignment}/attempts", {})
        if answer.status == 503:
            raise Busy
        assert answer.status == 303, f"starting: {answer.status}"
        self.attempt = answer.location
        self.read_key()

    def read_key(self) -> None:
        """Read the key of the submission from the page that carries it. Raises Busy."""
        answer = self.get(f"{self.attempt}/check")
        if answer.status == 503:
            raise Busy
        found = re.search(r'name="key"[^>]*value="([^"]+)"', answer.text)
        self.key = found[1] if found else self.key

    @property
    def public_id(self) -> str:
        """The id of the attempt."""
        return self.attempt.rpartition("/")[2]

    def read_page(self) -> str:
        """Load the attempt's page as it is now, and remember what it is made from."""
        page = self.get(self.attempt).text
        found = re.search(r'name="base"[^>]*value="([^"]*)"', page)
        self.base = html.unescape(found[1]) if found else self.base
        return page

    def knows(self, item: str) -> int:
        """Return the revision of an answer that the page was made from."""
        return int(json.loads(self.base).get(item, [0])[0])

    def autosave(
        self, item: str, values: Sequence[str], revision: int | None = None, level: str = "text"
    ) -> Answer:
        """Save one answer as the page's script does, by default from what the page knows of it."""
        known = self.knows(item) if revision is None else revision
        data = {"revision": known, "values": list(values), "level": level}
        return self.post_json(f"{self.attempt}/responses/{item}", data)

    def save(self, answers: Mapping[str, str]) -> Answer:
        """Save answers by item id, as the page does without scripts."""
        fields = {f"q-{item}": text for item, text in answers.items()}
        return self.post(self.attempt, {**fields, "go": "save"})

    def submit(self) -> Answer:
        """Hand in with the key of this attempt."""
        return self.post(f"{self.attempt}/submission", {"key": self.key})

    def submit_unheard(self) -> None:
        """Hand in, and lose the reply."""
        self.post_unheard(f"{self.attempt}/submission", {"key": self.key})

    def receipt(self) -> str | None:
        """Return the receipt that the review shows, or None. Raises Busy."""
        answer = self.get(f"{self.attempt}/review")
        if answer.status == 503:
            raise Busy
        found = re.search(r"<code>(\w{4})-(\w{4})</code>", answer.text)
        return found[1] + found[2] if found else None
