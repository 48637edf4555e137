"""The rules of CONTRIBUTING.md that the source itself can show: layers, sizes, what stays out.

Each rule is a function from source to what breaks it. It is tried on a line that breaks it, so that
it cannot pass by seeing nothing, and then on the tree.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = {"pydantic", "pydantic_core", "rapidfuzz", "text_to_num", "yaml"}
DATABASE = {"flask_sqlalchemy", "sqlalchemy"}
WEB = {"flask", "flask_wtf", "wtforms", "werkzeug", "markupsafe"}
METERS = {"prometheus_client"}
CORE = {"bank", "marking", "checking", "analysis", "clock"}
STORE = {"approved", "database", "locking", "models", "library", "prepared"}
WORK = {"access", "accounts", "assignments", "attempts", "audit", "backups"}
WORK |= {"browsers", "chronicle", "classrooms", "closing", "counting", "deadlines"}
WORK |= {"demonstration", "desk", "discussing", "doctor", "dumps", "exporting", "figures", "gauges"}
WORK |= {"handing_in", "histories", "housekeeping", "imitation", "leases", "marking_again", "marks"}
WORK |= {"merging"}
WORK |= {"outcomes", "practice", "presence", "prolonging", "pseudonyms", "readiness", "receipts"}
WORK |= {"records", "reopening", "responses", "results", "retention", "rooms"}
WORK |= {"rosters", "saving", "sheets", "shelving", "staff", "standings", "students"}
WORK |= {"sittings", "summaries", "terms", "throttle", "timekeeping", "times", "usage"}
PAGES = {"auth", "student", "system", "teacher"}
# Layer 4 imports what it likes.
FRONT = {"__init__", "__main__", "application", "cli", "config", "migrating", "receiving"}
FRONT |= {"serving", "upkeep"}

# What a unit of quizapp may import: other units, and packages beside the standard library.
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    "bank": (set(), TEXT),
    "marking": ({"bank"}, TEXT),
    "checking": ({"bank", "marking"}, TEXT),
    "analysis": (set(), TEXT),
    "clock": (set(), set()),
    **dict.fromkeys(STORE, (CORE | STORE, TEXT | DATABASE)),
    # The engine lives on the application, so this one module has to know what an application is.
    "database": (CORE | STORE, TEXT | DATABASE | {"flask"}),
    **dict.fromkeys(WORK, (CORE | STORE | WORK, TEXT | DATABASE | {"argon2", "mnemonic"})),
    "dumps": (STORE, DATABASE | {"psycopg"}),
    **dict.fromkeys(PAGES, (CORE | STORE | WORK | PAGES, WEB | {"sqlalchemy.exc"})),
    "system": (
        CORE | STORE | WORK | PAGES,
        WEB | METERS | {"sqlalchemy.exc", "itsdangerous"},  # it signs the cookies of Flask
    ),
    "teacher": (CORE | STORE | WORK | PAGES, WEB | {"sqlalchemy.exc", "segno"}),
}
# The one file that turns text into markup, after escaping it.
MARKUP_FILE = "quizapp/system/filters.py"
# The reader builds values from YAML; the other says in words what stopped it.
YAML_FILES = {"quizapp/bank/reader.py", "quizapp/bank/syntax.py"}


def imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            if node.module == "quizapp":
                yield from (f"quizapp.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def called_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield f".{node.func.attr}"


def unit_of(path: str) -> str:
    """Return the unit that a file belongs to: quizapp/bank/model.py -> bank, marks.py -> marks."""
    return Path(path).parts[1].removesuffix(".py")


def forbidden_imports(path: str, source: str) -> list[str]:
    unit = unit_of(path)
    if unit in FRONT:
        return []
    units, packages = LAYERS[unit]
    broken = []
    for module in imported_modules(ast.parse(source)):
        first, _, rest = module.partition(".")
        if first == "quizapp":
            if rest.split(".")[0] not in units | {unit}:
                broken.append(module)
        elif first not in sys.stdlib_module_names and not {first, module} & packages:
            broken.append(module)
    return broken


def database_calls(path: str, source: str) -> list[str]:
    if unit_of(path) not in PAGES:
        return []
    asks = {"select", "commit", ".select", ".commit"}
    return [name for name in called_names(ast.parse(source)) if name in asks]


def yaml_imports(path: str, source: str) -> list[str]:
    if path in YAML_FILES:
        return []
    return [name for name in imported_modules(ast.parse(source)) if name.split(".")[0] == "yaml"]


def risky_calls(path: str, source: str) -> list[str]:
    names = {"eval", "exec", "render_template_string", ".render_template_string"}
    if path != MARKUP_FILE:
        names |= {"Markup", ".Markup"}
    return [name for name in called_names(ast.parse(source)) if name in names]


def unescaped_output(path: str, source: str) -> list[str]:
    return re.findall(r"\|\s*safe\b|\{%-?\s*autoescape\s+false", source)


def too_many_lines(path: str, source: str) -> list[str]:
    number = len(source.splitlines())
    return [f"{number} lines"] if number > 300 else []


def long_functions(path: str, source: str) -> list[str]:
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    return [f"{name}: {length} lines" for name, length in lengths.items() if length > 40]


def too_many_views(path: str, source: str) -> list[str]:
    number = len(re.findall(r"^@\w+\.(?:route|get|post)\(", source, re.MULTILINE))
    return [f"{number} views"] if number > 10 else []


def undocumented_modules(path: str, source: str) -> list[str]:
    return [] if not source or ast.get_docstring(ast.parse(source)) else ["no docstring"]


Rule = Callable[[str, str], list[str]]
VIEW = "@bp.get('/')\ndef view(): ...\n"
BROKEN: list[tuple[Rule, str, str]] = [
    (forbidden_imports, "quizapp/bank/a.py", "from quizapp.marking import mark"),
    (forbidden_imports, "quizapp/bank/a.py", "import flask"),
    (forbidden_imports, "quizapp/analysis/a.py", "from quizapp import bank"),
    (forbidden_imports, "quizapp/library.py", "from quizapp.attempts import start"),
    (forbidden_imports, "quizapp/marks.py", "def f():\n    from flask import g"),
    (forbidden_imports, "quizapp/student/views.py", "from sqlalchemy import func"),
    (forbidden_imports, "quizapp/student/views.py", "import requests"),
    (database_calls, "quizapp/teacher/views.py", "rows = db.session.execute(select(Quiz))"),
    (database_calls, "quizapp/teacher/views.py", "db.session.commit()"),
    (yaml_imports, "quizapp/checking/a.py", "from yaml import safe_load"),
    (risky_calls, "quizapp/student/views.py", "Markup(text)"),
    (risky_calls, "quizapp/system/filters.py", "eval(text)"),
    (risky_calls, "quizapp/system/views.py", "flask.render_template_string(text)"),
    (unescaped_output, "quizapp/templates/a.html", "{{ passage | safe }}"),
    (unescaped_output, "quizapp/templates/a.html", "{% autoescape false %}"),
    (too_many_lines, "dev.py", "\n" * 301),
    (long_functions, "dev.py", "def f():\n" + "    pass\n" * 40),
    (too_many_views, "quizapp/student/views.py", VIEW * 11),
    (undocumented_modules, "quizapp/student/views.py", "import re"),
]


@pytest.mark.parametrize(("rule", "path", "source"), BROKEN)
def test_a_rule_finds_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert rule(path, source)


def files(pattern: str) -> list[Path]:
    return [path for path in sorted(ROOT.glob(pattern)) if "vendor" not in path.parts]


def broken_in(rule: Rule, *patterns: str) -> dict[str, list[str]]:
    found = {}
    for path in [path for pattern in patterns for path in files(pattern)]:
        name = path.relative_to(ROOT).as_posix()
        if broken := rule(name, path.read_text(encoding="utf-8")):
            found[name] = broken
    return found


def test_every_module_of_the_package_has_a_layer() -> None:
    units = {unit_of(path.relative_to(ROOT).as_posix()) for path in files("quizapp/**/*.py")}
    assert units - set(LAYERS) - FRONT == set()


@pytest.mark.parametrize(
    "rule",
    [
        forbidden_imports,
        database_calls,
        yaml_imports,
        risky_calls,
        too_many_views,
        undocumented_modules,
    ],
)
def test_the_package_keeps_the_rule(rule: Rule) -> None:
    assert broken_in(rule, "quizapp/**/*.py") == {}


def test_templates_print_everything_escaped() -> None:
    assert files("quizapp/templates/**/*.html")
    assert broken_in(unescaped_output, "quizapp/templates/**/*.*") == {}


def test_no_file_is_longer_than_300_lines() -> None:
    python = [f"{folder}/**/*.py" for folder in ("quizapp", "tests", "bench", "proofs")]
    pages = [f"quizapp/**/*.{kind}" for kind in ("html", "css", "js")]
    assert broken_in(too_many_lines, "dev.py", *python, *pages) == {}


def test_no_function_is_longer_than_40_lines() -> None:
    python = [f"{folder}/**/*.py" for folder in ("quizapp", "tests", "bench", "proofs")]
    assert broken_in(long_functions, "dev.py", *python) == {}
