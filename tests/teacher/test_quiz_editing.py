"""The editor and uploads: checked first, nothing typed is lost, nothing unseen overwritten."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import shelving
from quizapp.database import db
from quizapp.models import AuditEntry
from quizapp.shelving import NotWritten, earlier_files
from quizapp.teacher import drafts
from tests.school import open_school, post
from tests.teacher.quiz_desk import EDIT, QuizDesk, open_desk

NEW = "/teach/quizzes/new"


@pytest.fixture
def desk(sqlite_app: Flask, tmp_path: Path) -> Iterator[QuizDesk]:
    with sqlite_app.app_context():
        yield open_desk(open_school(sqlite_app), tmp_path)


def mended(desk: QuizDesk) -> str:
    return desk.text.replace("The repair room", "The mending room", 1)


def test_a_save_is_in_use_at_once(desk: QuizDesk) -> None:
    page = desk.save(mended(desk))
    assert "Saved, and in use." in page.text
    assert desk.title == "The mending room"
    assert b"\r" not in desk.path.read_bytes()


def test_a_quiz_that_another_process_saved_a_moment_ago_has_its_page(desk: QuizDesk) -> None:
    (desk.desk.folder / "mending.yaml").write_text(mended(desk))
    assert "The mending room" in desk.see("/teach/quizzes/mending")
    assert desk.client.get("/teach/quizzes/nowhere").status_code == 404


def test_an_error_is_said_with_its_line_and_the_text_stays(desk: QuizDesk) -> None:
    before = desk.text
    page = desk.save(before.replace("skill: infer", "skill: guess"))
    assert page.status_code == 422
    assert 'data-line="71" data-column="12"' in page.text
    assert "skill: guess" in page.text.split("<textarea")[1]
    assert desk.text == before


def test_a_check_saves_nothing(desk: QuizDesk) -> None:
    page = desk.save(mended(desk), go="check")
    assert page.status_code == 200
    assert "No errors. It can be saved." in page.text
    assert desk.title == "The repair room"


def test_two_teachers_never_overwrite_each_other(desk: QuizDesk) -> None:
    opened, mine = desk.base, mended(desk)
    theirs = desk.text.replace("The repair room", "Their room", 1)
    desk.path.write_text(theirs)
    page = desk.save(mine, opened)
    assert page.status_code == 409
    assert "Somebody changed this file" in page.text
    assert "title: The mending room" in page.text.split("<textarea")[1]
    assert "title: Their room" in page.text
    assert desk.text == theirs
    base = re.search(r'name="base" value="(\w+)"', page.text)
    assert base is not None
    desk.save(mine, base[1])
    assert desk.title == "The mending room"


def test_what_answers_cannot_follow_is_asked_about_first(desk: QuizDesk) -> None:
    desk.school.start("Otter-1", {"cleaner": "lemon"})
    text = desk.text.replace("id: cleaner", "id: what-cleans")
    page = desk.save(text)
    assert page.status_code == 409
    assert "Question “cleaner” is gone" in page.text
    assert "id: what-cleans" in page.text.split("<textarea")[1]
    assert "id: cleaner" in desk.text
    desk.save(text, go="replace")
    assert "id: what-cleans" in desk.text


def test_a_file_that_cannot_be_written_loses_no_text(
    desk: QuizDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotWritten("The disk is full.")

    monkeypatch.setattr(shelving, "save", refuse)
    page = desk.save(mended(desk))
    assert page.status_code == 422
    assert "The disk is full." in page.text
    assert "title: The mending room" in page.text.split("<textarea")[1]


def test_the_example_of_a_new_quiz_is_a_good_one(desk: QuizDesk) -> None:
    checked = drafts.check(desk.desk, "night-bus", drafts.EXAMPLE.encode())
    assert (checked.problems, checked.quiz is not None) == ((), True)
    data = {"name": "night-bus", "text": drafts.EXAMPLE, "go": "save"}
    assert "Saved, and in use." in post(desk.client, NEW, NEW, data).text
    assert desk.school.library.find("night-bus") is not None


@pytest.mark.parametrize("name", ["", "Night bus", "../x", "new", "kettles"])
def test_a_name_that_cannot_be_is_said_and_the_text_stays(desk: QuizDesk, name: str) -> None:
    before = desk.text
    page = post(desk.client, NEW, NEW, {"name": name, "text": drafts.EXAMPLE, "go": "save"})
    assert page.status_code == 422
    assert "What does the driver like" in page.text.split("<textarea")[1]
    assert desk.text == before


def test_the_check_of_the_script_says_the_same(desk: QuizDesk) -> None:
    page = desk.see(EDIT)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"name": "kettles", "text": desk.text.replace("skill: infer", "skill: guess")}
    headers = {"X-CSRFToken": token[1]}
    answer = desk.client.post("/teach/quizzes/check", data=data, headers=headers).get_json()
    assert not answer["good"]
    assert (answer["problems"][0]["line"], answer["problems"][0]["column"]) == (71, 12)
    assert answer["problems"][0]["source"] == ["    skill: ", "g", "uess"]
    assert desk.client.post("/teach/quizzes/check", data=data).status_code == 400


def test_an_upload_of_a_new_quiz_is_saved(desk: QuizDesk) -> None:
    page = desk.upload("night-bus.yaml", drafts.EXAMPLE.encode())
    assert "Saved, and in use." in page.text
    assert (desk.desk.folder / "night-bus.yaml").read_text() == drafts.EXAMPLE


def test_an_upload_over_a_quiz_in_use_asks_first(desk: QuizDesk) -> None:
    before = desk.text
    page = desk.upload("kettles.yaml", mended(desk).encode())
    assert "This replaces a quiz that is in use" in page.text
    assert "+ title: The mending room" in page.text
    assert desk.text == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"title: [", "1 error"),
        (b"title: caf\xe9\n", "not UTF-8"),
        (b"title: a\0b\n", "U+0000"),
        ("title: x\n".encode("utf-16"), "UTF-16"),
        (b"", "What the check says"),
    ],
)
def test_a_broken_upload_opens_in_the_editor(desk: QuizDesk, data: bytes, said: str) -> None:
    page = desk.upload("lamps.yaml", data)
    assert page.status_code == 422
    assert said.casefold() in page.text.casefold()
    assert not (desk.desk.folder / "lamps.yaml").exists()


def test_an_upload_with_an_odd_name_gets_a_better_one(desk: QuizDesk) -> None:
    page = desk.upload("Night Bus.yaml", drafts.EXAMPLE.encode())
    assert page.status_code == 422
    assert 'value="night-bus"' in page.text


def test_an_upload_without_a_file_says_so(desk: QuizDesk) -> None:
    page = post(desk.client, "/teach/quizzes/upload", "/teach/quizzes/upload", {})
    assert (page.status_code, "Choose a file first." in page.text) == (422, True)


def test_a_file_beyond_a_mebibyte_is_refused_with_a_sentence(desk: QuizDesk) -> None:
    kind = "multipart/form-data; boundary=x"
    body = b"#" * (1024 * 1024 + 1)
    page = desk.client.post("/teach/quizzes/upload", data=body, content_type=kind)
    assert page.status_code == 413
    assert "at most 1 MiB" in page.text


def test_an_earlier_file_is_compared_and_put_back(desk: QuizDesk) -> None:
    before = desk.text
    desk.save(mended(desk))
    (kept,) = earlier_files(desk.desk, "kettles")
    path = f"/teach/quizzes/kettles/earlier/{kept.stamp}"
    page = desk.see(path)
    assert "- title: The mending room" in page
    assert "+ title: The repair room" in page
    post(desk.client, path, path, {"base": desk.base})
    assert desk.text == before
    assert desk.title == "The repair room"
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry))]
    assert actions == ["quiz saved", "quiz put back"]


def test_nothing_is_put_back_over_a_change_that_nobody_saw(desk: QuizDesk) -> None:
    opened = desk.base
    desk.save(mended(desk))
    (kept,) = earlier_files(desk.desk, "kettles")
    path = f"/teach/quizzes/kettles/earlier/{kept.stamp}"
    assert "nothing was put back" in post(desk.client, path, path, {"base": opened}).text
    assert desk.title == "The mending room"


def test_an_earlier_file_can_be_opened_in_the_editor(desk: QuizDesk) -> None:
    desk.save(mended(desk))
    (kept,) = earlier_files(desk.desk, "kettles")
    page = desk.see(f"{EDIT}?earlier={kept.stamp}")
    assert "title: The repair room" in page.split("<textarea")[1]
    assert desk.base in page
