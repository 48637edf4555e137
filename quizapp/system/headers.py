"""The headers of every page: nothing inline, nothing from elsewhere, nothing kept in caches."""

from flask import Flask, current_app, request
from werkzeug.wrappers import Response as Page

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


def init_app(app: Flask) -> None:
    """Add the headers after every request."""
    app.after_request(add)


def add(page: Page) -> Page:
    """Set the headers; pages are never stored, static files carry their content hash in the URL."""
    page.headers.update(HEADERS)
    if request.is_secure:
        page.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    if request.endpoint == "static":
        hashed = "v" in request.args and not current_app.debug
        page.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        )
    else:
        page.headers["Cache-Control"] = "no-store"
        page.headers["Vary"] = "Cookie"
    return page
