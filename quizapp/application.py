"""Puts the application together: its settings, its database and its parts."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from quizapp import config, database, migrating
from quizapp.auth import going, joining
from quizapp.auth import views as auth
from quizapp.library import Library
from quizapp.student import autosaving, opening
from quizapp.student import views as student
from quizapp.system import (
    access_log,
    arrival,
    cookies,
    errors,
    files,
    filters,
    guard,
    headers,
    tokens,
)
from quizapp.system import views as system
from quizapp.system.routing import LateRule
from quizapp.teacher import pages as teacher


def make(overrides: Mapping[str, Any] | None) -> Flask:
    """Return the application, as `create_app` promises it. Raises config.StartFault."""
    instance = overrides.get("INSTANCE_PATH") if overrides else os.environ.get("QUIZAPP_INSTANCE")
    app = Flask(__package__, instance_relative_config=True, instance_path=instance)
    app.url_rule_class = LateRule
    config.configure(app, overrides)
    database.init_app(app)
    migrating.Migrations(app, database.db, config.ROOT / "migrations")
    tokens.Tokens(app)
    app.extensions["quizapp_hasher"] = PasswordHasher(
        time_cost=app.config["ARGON2_TIME_COST"],
        memory_cost=app.config["ARGON2_MEMORY_COST"],
        parallelism=app.config["ARGON2_PARALLELISM"],
    )
    app.extensions["quizapp_zone"] = config.read_zone(app.config["TIME_ZONE"])
    app.extensions["quizapp_library"] = Library(
        Path(app.config["QUESTIONS_DIR"]),
        app.app_context,
        lambda: app.extensions["quizapp_clock"].now(),
        Path(app.instance_path) / "checked.json",
    )
    access_log.init_app(app)  # first in, so that it measures all that follows
    guard.init_app(app)
    cookies.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    files.init_app(app)
    for part in (joining, going, auth, student, opening, autosaving, teacher, system):
        if part.bp.name not in app.blueprints:
            app.register_blueprint(part.bp)
    if app.config["METRICS"]:
        from quizapp.system import metrics  # it loads more than all the rest of this folder

        metrics.init_app(app)
    _trust_proxies(app)
    arrival.init_app(app)  # last, so that it is the outermost
    return app


def _trust_proxies(app: Flask) -> None:
    """Believe X-Forwarded-For, -Proto and -Host as far as there are proxies that set them."""
    number = app.config["PROXIES"]
    if number:
        proxied = ProxyFix(app.wsgi_app, x_for=number, x_proto=number, x_host=number)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # as Flask documents it
