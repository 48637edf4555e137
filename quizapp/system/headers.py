"""The headers of every page: nothing inline, nothing from elsewhere, nothing kept in caches."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from werkzeug.wrappers import Response as Page

from quizapp.system.arrival import Wsgi

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "manifest-src 'self'",
        "require-trusted-types-for 'script'",
    )
)
FEATURES_OFF = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
        "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
        "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
        "screen-wake-lock", "serial", "storage-access", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # "no-referrer" would make the CSRF check over https fail
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": FEATURES_OFF,
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


ALWAYS = list(HEADERS.items())


def init_app(app: Flask) -> None:
    """Add the headers to every answer: those that are always the same last of all."""
    app.after_request(add)
    # As Flask documents it; to mypy it is a method.
    app.wsgi_app = protected(app.wsgi_app)  # type: ignore[assignment,method-assign]


def add(page: Page) -> Page:
    """Say that pages are never stored. Static files say themselves how long."""
    if request.endpoint != "static" or page.status_code >= 400:
        page.headers["Cache-Control"] = "no-store"
        page.headers["Vary"] = "Cookie"
    return page


def protected(inner: Wsgi) -> Wsgi:
    """Return a WSGI application whose answers have the headers that protect."""

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        secure = environ["wsgi.url_scheme"] == "https"
        added = [*ALWAYS, ("Strict-Transport-Security", STRICT_TRANSPORT)] if secure else ALWAYS

        def begin(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            return start(status, headers + added, *fault)

        return inner(environ, begin)

    return outer
