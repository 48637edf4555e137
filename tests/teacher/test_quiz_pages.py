"""The list of quizzes, one quiz, its preview and its file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from quizapp.shelving import Cabinet
from tests.school import open_school
from tests.teacher.quiz_cabinet import QuizCabinet, open_cabinet


@pytest.fixture
def cabinet(sqlite_app: Flask, tmp_path: Path) -> Iterator[QuizCabinet]:
    with sqlite_app.app_context():
        yield open_cabinet(open_school(sqlite_app), tmp_path)


def broken(cabinet: QuizCabinet) -> None:
    cabinet.path.write_text(cabinet.text.replace("skill: infer", "skill: guess"))
    cabinet.settle()


def test_a_broken_file_stands_first_with_its_line(cabinet: QuizCabinet) -> None:
    broken(cabinet)
    page = cabinet.see("/teach/quizzes")
    assert "Line 71, column 12" in page
    assert page.index("kettles.yaml") < page.index("All quizzes")
    assert "last good version in use" in page


def test_a_file_that_is_gone_is_said_to_be_gone(cabinet: QuizCabinet) -> None:
    cabinet.path.unlink()
    cabinet.settle()
    assert "File is gone, last version in use" in cabinet.see("/teach/quizzes")
    assert "The file is gone" in cabinet.see("/teach/quizzes/kettles")
    assert cabinet.client.get("/teach/quizzes/kettles/edit").status_code == 404


def test_an_empty_folder_says_what_to_do(cabinet: QuizCabinet) -> None:
    cabinet.school.library.shelf = type(cabinet.school.library.shelf)()
    assert "There is no quiz yet" in cabinet.see("/teach/quizzes")


def test_the_page_of_a_quiz_counts_the_attempts_of_each_version(cabinet: QuizCabinet) -> None:
    cabinet.school.start("Otter-1", {"cleaner": "lemon"})
    cabinet.save(cabinet.text.replace("The repair room", "The mending room", 1))
    page = cabinet.see("/teach/quizzes/kettles")
    assert page.count('data-label="Attempts">1<') == 1
    assert page.count('data-label="Attempts">0<') == 1


def test_foreign_classes_are_only_a_number(cabinet: QuizCabinet) -> None:
    other = cabinet.school.as_teacher("Mr Hale").get("/teach/quizzes/kettles").text
    assert "used in 1 class of another teacher" in other
    assert "Class 7c" not in other
    assert "Class 7c" in cabinet.see("/teach/quizzes/kettles")


def test_a_preview_without_keys_leaks_none_and_sends_nothing(cabinet: QuizCabinet) -> None:
    page = cabinet.see("/teach/quizzes/kettles/preview")
    assert "What removes the chalk?" in page
    assert "lemon juice, lemon" not in page
    assert "The juice came later" not in page
    assert 'method="post"' not in page


def test_a_preview_with_keys_shows_evidence_keys_and_feedback(cabinet: QuizCabinet) -> None:
    page = cabinet.see("/teach/quizzes/kettles/preview?keys=1&q=early-stop")
    assert '<mark class="key">a thin layer of chalk' in page
    assert '<mark class="elsewhere">somebody turns the pages' in page
    assert "The juice came later" in page
    for form in ("lemon juice", "lemon", "juice"):
        assert f'<li dir="auto">{form}</li>' in page


@pytest.mark.parametrize("query", ["?level=none", "?level=", "?keys=1&q=none"])
def test_an_odd_preview_is_missing_or_plain(cabinet: QuizCabinet, query: str) -> None:
    page = cabinet.client.get(f"/teach/quizzes/kettles/preview{query}")
    assert page.status_code == (404 if query == "?level=none" else 200)


def test_a_download_is_the_file_byte_for_byte(cabinet: QuizCabinet) -> None:
    cabinet.path.write_bytes(b"\xef\xbb\xbftitle: x\r\n")
    page = cabinet.client.get("/teach/quizzes/kettles.yaml")
    assert page.data == b"\xef\xbb\xbftitle: x\r\n"
    assert page.headers["Content-Disposition"] == "attachment; filename=kettles.yaml"


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "nothing/preview",
        "nothing.yaml",
        "..%2fkettles.yaml",
        "kettles/earlier/x",
        "A/edit",
    ],
)
def test_what_is_not_there_is_missing(cabinet: QuizCabinet, path: str) -> None:
    assert cabinet.client.get(f"/teach/quizzes/{path}").status_code == 404


def test_a_folder_that_is_read_only_says_so_and_offers_no_save(
    cabinet: QuizCabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cabinet, "is_open", False)
    for path in ("", "/kettles", "/kettles/edit", "/new", "/upload"):
        page = cabinet.see(f"/teach/quizzes{path}")
        assert "cannot be written to from here" in page, path
        assert 'value="save"' not in page, path


def test_tricks_with_files_are_listed_and_never_read(cabinet: QuizCabinet, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("title: SECRET\n")
    (cabinet.files.folder / "link.yaml").symlink_to(secret)
    os.mkfifo(cabinet.files.folder / "pipe.yaml")
    with open(os.fsencode(cabinet.files.folder) + b"/caf\xe9.yaml", "wb") as file:
        file.write(b"title: x\n")
    cabinet.settle()
    pages = [
        cabinet.see("/teach/quizzes"),
        cabinet.see("/teach/quizzes/link"),
        cabinet.see("/teach/"),
    ]
    assert "pipe.yaml" in pages[0]
    assert "SECRET" not in "".join(pages)
    for name in ("link", "pipe"):
        for path in (f"{name}.yaml", f"{name}/edit", f"{name}/preview"):
            assert cabinet.client.get(f"/teach/quizzes/{path}").status_code == 404, path
