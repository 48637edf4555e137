"""Addresses are compiled when they are needed, and are the same then."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError, Map, Rule

from quizapp.system.routing import LateRule


def test_a_start_compiles_no_address(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = Rule._compile_builder

    def note(rule: Rule, append_unknown: bool = True) -> object:
        compiled.append(rule.rule)
        return real(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", note)
    late, path = Map(), "/attempts/<name>"
    late.add(LateRule(path, endpoint="answer"))
    links = late.bind("quiz.example.org")
    assert compiled == []
    assert links.build("answer", {"name": "a b", "more": "1"}) == "/attempts/a%20b?more=1"
    assert links.build("answer", {"name": "c"}) == "/attempts/c"
    assert compiled == [path]


def test_every_page_has_such_a_rule(sqlite_app: Flask) -> None:
    rules = [rule for rule in sqlite_app.url_map.iter_rules() if rule.endpoint != "static"]
    assert all(isinstance(rule, LateRule) for rule in rules)


def test_an_address_with_a_value_missing_is_refused(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context(), pytest.raises(BuildError):
        url_for("student.answer")
