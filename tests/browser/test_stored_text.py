"""What people type is stored as it is and never runs: attacks in every text, on every page."""

import re
import sys
from collections.abc import Iterator
from fractions import Fraction

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page
from sqlalchemy import select

from quizapp import attempts, marks
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Classroom, Student
from tests.school import NOW, PASSWORD, School, open_school

RUN = "window.__x=1"
# Ways out of where a text may stand, before each attack.
EXITS = ("", '">', "'>", "</title></textarea></style>", "--></script>")
ATTACKS = {
    "elements": (
        f"<script>{RUN}</script>", f"<ScRiPt>{RUN}</sCrIpT>", f"<script/x>{RUN}</script>",
        f"<script type=module>{RUN}</script>", f"<svg><script>{RUN}</script></svg>",
        f"<scr<script>ipt>{RUN}</script>", "<script src=//x.invalid></script>",
        f"<template><script>{RUN}</script></template>", f"<math><script>{RUN}</script>",
        "<iframe srcdoc='<script>parent.__x=1</script>'></iframe>",
    ),
    "handlers": (
        f"<img src=x onerror={RUN}>", f"<svg onload={RUN}>", f"<body onload={RUN}>",
        f"<input autofocus onfocus={RUN}>", f"<details open ontoggle={RUN}>",
        f"<video><source onerror={RUN}></video>", f"<audio src=x onerror={RUN}>",
        f"<b onpointerenter={RUN}>x</b>", f"<select autofocus onfocus={RUN}>",
        f"<style onload={RUN}></style>",
    ),
    "attributes": (
        f'" onfocus="{RUN}" autofocus x="', f"' onfocus='{RUN}' autofocus x='",
        f'" onerror="{RUN}', f"` onload={RUN} `", f" onload={RUN} ", f"x onclick={RUN}",
        f'" style="animation-name:x" onanimationstart="{RUN}', f'"/onload="{RUN}',
        f'" formaction="javascript:{RUN}', f'" srcdoc="<script>{RUN}</script>',
    ),
    "addresses": (
        f"<a href='javascript:{RUN}'>x</a>", "<iframe src='javascript:parent.__x=1'></iframe>",
        f"<form action='javascript:{RUN}'><button>x</button></form>", f"javascript:{RUN}",
        f"<object data='javascript:{RUN}'></object>", f"<embed src='javascript:{RUN}'>",
        f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
        "<base href=//x.invalid/>", f"<a href='data:text/html,<script>{RUN}</script>'>x</a>",
        "<link rel=stylesheet href=//x.invalid/x.css>",
    ),
    "disguises": (
        "{{ 7 * 7 }}", "{% print(config) %}", "${7*7}", f"&lt;script&gt;{RUN}&lt;/script&gt;",
        f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e", f"%3Cscript%3E{RUN}%3C/script%3E",
        f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e", f"<svg><style><img src=x onerror={RUN}>",
        f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>", f"**<b onclick={RUN}>**",
    ),
}  # fmt: skip
PAYLOADS = tuple(
    f"{way}{attack} {number}"
    for number, (way, attack) in enumerate(
        (way, attack) for attacks in ATTACKS.values() for attack in attacks for way in EXITS
    )
)
SHEETS = range(0, len(PAYLOADS), 11)  # every kind of attack and every way out
OPEN = "for (const one of document.querySelectorAll('details')) one.open = true"
TEXT = "document.documentElement.textContent"


@pytest.fixture(scope="session")
def hostile(live_app: Flask) -> Iterator[School]:
    """A class in which every student is called, answers and is told what would run elsewhere."""
    with live_app.app_context():
        school = open_school(live_app, "Ms Vance", "Class 9z")
        teacher, room_id = school.teacher, school.assignment.classroom_id
        for number, payload in enumerate(PAYLOADS):
            attempt = school.hand_in(f"Otter-{number}", {"cleaner": payload, "one-line": payload})
            marks.give(attempt, "cleaner", Fraction(0), 1, teacher, payload, NOW)
            late = Given((f"late {payload}",), "text")
            attempts.save(attempt, {"how-many": late}, "text", NOW)
        with writing() as session:
            for student in session.scalars(select(Student).where(Student.classroom_id == room_id)):
                student.name = PAYLOADS[int(student.name.removeprefix("Otter-"))]
        yield school


class Watch:
    """Looks at pages: counts what is shown as text, and fails when anything has run."""

    def __init__(self, page: Page) -> None:
        self.page, self.seen = page, 0
        self.dialogs: list[str] = []
        page.on("dialog", self._note)

    def _note(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def look(self, place: str, texts: list[str]) -> None:
        """Open a page that must show each of these texts, letter by letter."""
        self.page.goto(place)
        self.page.evaluate(OPEN)
        shown = fold(self.page.evaluate(TEXT))
        missing = [text for text in texts if fold(text) not in shown]
        assert missing == [], place
        assert self.page.evaluate("window.__x") is None, place
        self.seen += len(texts)


def fold(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.counts
def test_nothing_that_people_type_ever_runs(page: Page, hostile: School) -> None:
    page.goto("/teach/login")
    page.get_by_label("Your name").fill("Ms Vance")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    watch, payloads = Watch(page), list(PAYLOADS)
    with hostile.app.app_context():
        summary = f"/teach/assignments/{hostile.assignment.public_id}"
        rows = db.session.scalars(
            select(Student).where(Student.classroom_id == hostile.assignment.classroom_id)
        )
        people = {student.name: student.public_id for student in rows}
        room_id = hostile.assignment.classroom_id
    watch.look(summary, payloads)
    watch.look(f"{summary}/questions/cleaner", [*payloads, *payloads])  # answers and reasons
    watch.look(f"{summary}/questions/one-line", payloads)
    sheets = sheet_links(page, summary)
    for number in SHEETS:
        payload = PAYLOADS[number]
        watch.look(f"/teach/students/{people[payload]}", [payload])
        watch.look(sheets[fold(payload)], [payload, payload, payload, f"late {payload}"])
    for payload in PAYLOADS[::21]:
        with hostile.app.app_context(), writing() as session:
            session.get_one(Classroom, room_id).name = payload
        watch.look("/teach/", [payload])
        watch.look(summary, [payload])
    sys.stdout.write(f"{len(PAYLOADS)} payloads, {watch.seen:,} renderings: 0 executions\n")
    assert watch.dialogs == []
    assert watch.seen >= 1000


def sheet_links(page: Page, summary: str) -> dict[str, str]:
    """Return the address of every student's sheet by the student's name."""
    page.goto(summary)
    pairs = page.evaluate(
        "[...document.querySelectorAll('tbody th > a')].map(a => [a.textContent, a.pathname])"
    )
    return {fold(name): address for name, address in pairs}
