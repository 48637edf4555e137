"""Whatever happens to a quiz file, an attempt keeps the version that it was started on."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp import accounts
from quizapp.database import writing
from quizapp.library import Library
from tests.school import School, open_school, post

KETTLES = (Path(__file__).parents[1] / "questions" / "kettles.yaml").read_text()
SEEDS = range(4)


@dataclass(frozen=True, slots=True)
class Text:
    """One state of the file: its title, a question, what is right, for how many points."""

    number: int

    @property
    def title(self) -> str:
        return f"Repair room {self.number}"

    @property
    def stem(self) -> str:
        return f"What removes the chalk, as asked the {self.number}th time?"

    @property
    def right(self) -> str:
        return ("lemon juice", "a spoonful")[self.number % 2]

    @property
    def points(self) -> int:
        return self.number % 3 + 1

    @property
    def has_number(self) -> bool:
        return self.number % 4 != 3

    @property
    def most(self) -> int:
        """All points of the quiz."""
        return 4 + self.points + self.has_number

    def written(self) -> str:
        """Return the file."""
        text = KETTLES.replace("The repair room", self.title, 1)
        text = text.replace("What removes the chalk?", self.stem)
        text = text.replace("accept: [lemon juice, lemon, juice]", f"accept: [{self.right}]")
        text = text.replace("- id: cleaner\n", f"- id: cleaner\n    points: {self.points}\n")
        text = text.replace("tests: {accepts: [Lemon Juice.], rejects: [vinegar]}", "")
        if not self.has_number:
            start, end = text.index("  - id: how-many"), text.index("  - id: one-line")
            text = text[:start] + text[end:]
        return text


@pytest.fixture
def school(sqlite_app: Flask, tmp_path: Path) -> Iterator[School]:
    """A class, with a bank whose files the test may write."""
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "kettles.yaml").write_text(Text(0).written())
    library = Library(folder, sqlite_app.app_context)
    library.load()
    sqlite_app.extensions["quizapp_library"] = library
    with sqlite_app.app_context():
        yield open_school(sqlite_app)


def settle(school: School) -> None:
    """Look twice: a file counts when two looks agree."""
    school.library.refresh()
    school.library.refresh()


def change(school: School, chance: random.Random, number: int) -> Text | None:
    """Rewrite the file, break it, or delete it; return what new attempts begin with, if new."""
    path = school.library.folder / "kettles.yaml"
    act = chance.choice(("edit", "edit", "break", "delete"))
    if act == "delete":
        path.unlink(missing_ok=True)
    else:
        path.write_text(Text(number).written() if act == "edit" else "title: [half written")
    settle(school)
    return Text(number) if act == "edit" else None


@dataclass
class Sitting:
    """One student at work, and the text they began with."""

    browser: FlaskClient
    name: str
    text: Text
    attempt: str
    right: bool = False

    def page(self) -> str:
        """Return the page of the attempt, or of what became of it."""
        return self.browser.get(self.attempt, follow_redirects=True).get_data(as_text=True)

    def holds(self) -> None:
        """Assert that the page is that of the version the student began with."""
        page = self.page()
        assert self.text.title in page
        assert self.text.stem in page
        assert ("How many kettles" in page) is self.text.has_number

    def save(self, answer: str) -> None:
        """Save an answer as the page does."""
        sent = post(
            self.browser, self.attempt, self.attempt, {"q-cleaner": answer, "go": "save"},
            follow=False,
        )  # fmt: skip
        assert sent.status_code == 303


def sit_down(school: School, name: str, text: Text) -> Sitting:
    student_id, now = school.join(name)[0].id, datetime.now(UTC)
    with writing():
        token = accounts.add_login(teacher_id=None, student_id=student_id, now=now)
    browser = school.client(token)
    path = f"/assignments/{school.assignment.public_id}/attempts"
    begun = post(browser, "/home", path, {}, follow=False)
    return Sitting(browser, name, text, str(begun.location))


def hand_in(sitting: Sitting) -> None:
    check = sitting.browser.get(f"{sitting.attempt}/check").get_data(as_text=True)
    key = check.partition('name="key" value="')[2].partition('"')[0]
    page = f"{sitting.attempt}/check"
    post(sitting.browser, page, f"{sitting.attempt}/submission", {"key": key})


@pytest.mark.parametrize("seed", SEEDS)
def test_page_answers_marks_review_and_figures_are_those_of_the_version_begun_with(
    school: School, seed: int
) -> None:
    chance, live, sittings = random.Random(seed), Text(0), []
    for number in range(1, 5):
        sittings.append(sit_down(school, f"Otter-{number}", live))
        live = change(school, chance, number) or live
        for one in sittings:
            one.holds()
            one.save("something sour")
    for one in sittings:
        answer = chance.choice(("lemon juice", "a spoonful"))
        one.save(answer)
        live = change(school, chance, chance.randint(5, 90)) or live
        hand_in(one)
        one.holds()
        one.right = answer == one.text.right
    rows = scores(school)
    for one in sittings:
        row = rows[one.name]
        assert row["points"] == (str(one.text.points) if one.right else "0")
        assert row["maximum"] == str(one.text.most)


def scores(school: School) -> dict[str, dict[str, str]]:
    """Return the rows of the teacher's file of scores, by student."""
    path = f"/teach/assignments/{school.assignment.public_id}/scores.csv"
    text = school.as_teacher().get(path).get_data(as_text=True).removeprefix("\ufeff")
    return {row["student"]: row for row in csv.DictReader(text.splitlines())}
