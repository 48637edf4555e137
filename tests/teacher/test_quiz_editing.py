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
from tests.teacher.quiz_cabinet import EDIT, QuizCabinet, open_cabinet

NEW = "/teach/quizzes/new"


@pytest.fixture
def cabinet(sqlite_app: Flask, tmp_path: Path) -> Iterator[QuizCabinet]:
    with sqlite_app.app_context():
        yield open_cabinet(open_school(sqlite_app), tmp_path)


def mended(cabinet: QuizCabinet) -> str:
    return cabinet.text.replace("The repair room", "The mending room", 1)


def test_a_save_is_in_use_at_once(cabinet: QuizCabinet) -> None:
    page = cabinet.save(mended(cabinet))
    assert "Saved, and in use." in page.text
    assert cabinet.title == "The mending room"
    assert b"\r" not in cabinet.path.read_bytes()


def test_a_quiz_that_another_process_saved_a_moment_ago_has_its_page(cabinet: QuizCabinet) -> None:
    (cabinet.files.folder / "mending.yaml").write_text(mended(cabinet))
    assert "The mending room" in cabinet.see("/teach/quizzes/mending")
    assert cabinet.client.get("/teach/quizzes/nowhere").status_code == 404


def test_an_error_is_said_with_its_line_and_the_text_stays(cabinet: QuizCabinet) -> None:
    before = cabinet.text
    page = cabinet.save(before.replace("skill: infer", "skill: guess"))
    assert page.status_code == 422
    assert 'data-line="71" data-column="12"' in page.text
    assert "skill: guess" in page.text.split("<textarea")[1]
    assert cabinet.text == before


def test_a_check_saves_nothing(cabinet: QuizCabinet) -> None:
    page = cabinet.save(mended(cabinet), go="check")
    assert page.status_code == 200
    assert "No errors. It can be saved." in page.text
    assert cabinet.title == "The repair room"


def test_two_teachers_never_overwrite_each_other(cabinet: QuizCabinet) -> None:
    opened, mine = cabinet.base, mended(cabinet)
    theirs = cabinet.text.replace("The repair room", "Their room", 1)
    cabinet.path.write_text(theirs)
    page = cabinet.save(mine, opened)
    assert page.status_code == 409
    assert "Somebody changed this file" in page.text
    assert "title: The mending room" in page.text.split("<textarea")[1]
    assert "title: Their room" in page.text
    assert cabinet.text == theirs
    base = re.search(r'name="base" value="(\w+)"', page.text)
    assert base is not None
    cabinet.save(mine, base[1])
    assert cabinet.title == "The mending room"


def test_what_answers_cannot_follow_is_asked_about_first(cabinet: QuizCabinet) -> None:
    cabinet.school.start("Otter-1", {"cleaner": "lemon"})
    text = cabinet.text.replace("id: cleaner", "id: what-cleans")
    page = cabinet.save(text)
    assert page.status_code == 409
    assert "Question “cleaner” is gone" in page.text
    assert "id: what-cleans" in page.text.split("<textarea")[1]
    assert "id: cleaner" in cabinet.text
    cabinet.save(text, go="replace")
    assert "id: what-cleans" in cabinet.text


def test_a_file_that_cannot_be_written_loses_no_text(
    cabinet: QuizCabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotWritten("The disk is full.")

    monkeypatch.setattr(shelving, "save", refuse)
    page = cabinet.save(mended(cabinet))
    assert page.status_code == 422
    assert "The disk is full." in page.text
    assert "title: The mending room" in page.text.split("<textarea")[1]


def test_the_example_of_a_new_quiz_is_a_good_one(cabinet: QuizCabinet) -> None:
    checked = drafts.check(cabinet.files, "night-bus", drafts.EXAMPLE.encode())
    assert (checked.problems, checked.quiz is not None) == ((), True)
    data = {"name": "night-bus", "text": drafts.EXAMPLE, "go": "save"}
    assert "Saved, and in use." in post(cabinet.client, NEW, NEW, data).text
    assert cabinet.school.library.find("night-bus") is not None


@pytest.mark.parametrize("name", ["", "Night bus", "../x", "new", "kettles"])
def test_a_name_that_cannot_be_is_said_and_the_text_stays(cabinet: QuizCabinet, name: str) -> None:
    before = cabinet.text
    page = post(cabinet.client, NEW, NEW, {"name": name, "text": drafts.EXAMPLE, "go": "save"})
    assert page.status_code == 422
    assert "What does the driver like" in page.text.split("<textarea")[1]
    assert cabinet.text == before


def test_the_check_of_the_script_says_the_same(cabinet: QuizCabinet) -> None:
    page = cabinet.see(EDIT)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"name": "kettles", "text": cabinet.text.replace("skill: infer", "skill: guess")}
    headers = {"X-CSRFToken": token[1]}
    answer = cabinet.client.post("/teach/quizzes/check", data=data, headers=headers).get_json()
    assert not answer["good"]
    assert (answer["problems"][0]["line"], answer["problems"][0]["column"]) == (71, 12)
    assert answer["problems"][0]["source"] == ["    skill: ", "g", "uess"]
    assert cabinet.client.post("/teach/quizzes/check", data=data).status_code == 400


def test_an_upload_of_a_new_quiz_is_saved(cabinet: QuizCabinet) -> None:
    page = cabinet.upload("night-bus.yaml", drafts.EXAMPLE.encode())
    assert "Saved, and in use." in page.text
    assert (cabinet.files.folder / "night-bus.yaml").read_text() == drafts.EXAMPLE


def test_an_upload_over_a_quiz_in_use_asks_first(cabinet: QuizCabinet) -> None:
    before = cabinet.text
    page = cabinet.upload("kettles.yaml", mended(cabinet).encode())
    assert "This replaces a quiz that is in use" in page.text
    assert "+ title: The mending room" in page.text
    assert cabinet.text == before


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
def test_a_broken_upload_opens_in_the_editor(cabinet: QuizCabinet, data: bytes, said: str) -> None:
    page = cabinet.upload("lamps.yaml", data)
    assert page.status_code == 422
    assert said.casefold() in page.text.casefold()
    assert not (cabinet.files.folder / "lamps.yaml").exists()


def test_an_upload_with_an_odd_name_gets_a_better_one(cabinet: QuizCabinet) -> None:
    page = cabinet.upload("Night Bus.yaml", drafts.EXAMPLE.encode())
    assert page.status_code == 422
    assert 'value="night-bus"' in page.text


def test_an_upload_without_a_file_says_so(cabinet: QuizCabinet) -> None:
    page = post(cabinet.client, "/teach/quizzes/upload", "/teach/quizzes/upload", {})
    assert (page.status_code, "Choose a file first." in page.text) == (422, True)


def test_a_file_beyond_a_mebibyte_is_refused_with_a_sentence(cabinet: QuizCabinet) -> None:
    kind = "multipart/form-data; boundary=x"
    body = b"#" * (1024 * 1024 + 1)
    page = cabinet.client.post("/teach/quizzes/upload", data=body, content_type=kind)
    assert page.status_code == 413
    assert "at most 1 MiB" in page.text


def test_an_earlier_file_is_compared_and_put_back(cabinet: QuizCabinet) -> None:
    before = cabinet.text
    cabinet.save(mended(cabinet))
    (kept,) = earlier_files(cabinet.files, "kettles")
    path = f"/teach/quizzes/kettles/earlier/{kept.stamp}"
    page = cabinet.see(path)
    assert "- title: The mending room" in page
    assert "+ title: The repair room" in page
    post(cabinet.client, path, path, {"base": cabinet.base})
    assert cabinet.text == before
    assert cabinet.title == "The repair room"
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry))]
    assert actions == ["quiz saved", "quiz put back"]


def test_nothing_is_put_back_over_a_change_that_nobody_saw(cabinet: QuizCabinet) -> None:
    opened = cabinet.base
    cabinet.save(mended(cabinet))
    (kept,) = earlier_files(cabinet.files, "kettles")
    path = f"/teach/quizzes/kettles/earlier/{kept.stamp}"
    assert "nothing was put back" in post(cabinet.client, path, path, {"base": opened}).text
    assert cabinet.title == "The mending room"


def test_an_earlier_file_can_be_opened_in_the_editor(cabinet: QuizCabinet) -> None:
    cabinet.save(mended(cabinet))
    (kept,) = earlier_files(cabinet.files, "kettles")
    page = cabinet.see(f"{EDIT}?earlier={kept.stamp}")
    assert "title: The repair room" in page.split("<textarea")[1]
    assert cabinet.base in page
