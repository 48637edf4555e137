"""A folder of quizzes of the test's own, with what teachers do to it through the pages."""

import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.shelving import Cabinet, digest
from tests.school import School, post

QUESTIONS = Path(__file__).parents[1] / "questions"
EDIT = "/teach/quizzes/kettles/edit"


@dataclass(frozen=True)
class QuizCabinet:
    """The school, whose quizzes live in `folder`."""

    school: School
    files: Cabinet
    client: FlaskClient

    @property
    def path(self) -> Path:
        """The file of the quiz about kettles."""
        return self.files.folder / "kettles.yaml"

    @property
    def text(self) -> str:
        """What stands in that file now."""
        return self.path.read_text()

    @property
    def base(self) -> str:
        """The digest of that file now."""
        return digest(self.path.read_bytes())

    @property
    def title(self) -> str:
        """The title that students see."""
        return self.school.live.quiz.title

    def see(self, path: str) -> str:
        """Open a page that is there; return it."""
        page = self.client.get(path)
        assert page.status_code == 200, path
        return page.text

    def save(self, text: str, base: str | None = None, go: str = "save") -> TestResponse:
        """Send the editor's form for kettles."""
        data = {"text": text.replace("\n", "\r\n"), "base": base or self.base, "go": go}
        return post(self.client, EDIT, EDIT, data)

    def upload(self, name: str, data: bytes) -> TestResponse:
        """Upload a file."""
        page = self.client.get("/teach/quizzes/upload").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        form = {"csrf_token": token[1], "file": (io.BytesIO(data), name)}
        return self.client.post("/teach/quizzes/upload", data=form, follow_redirects=True)

    def settle(self) -> None:
        """Let what was written by hand be taken: two looks must agree."""
        self.school.library.refresh()
        self.school.library.refresh()


def open_cabinet(school: School, folder: Path, teacher: str = "Ms Reed") -> QuizCabinet:
    """Give the school a folder of quizzes of its own, with the one about kettles in it."""
    bank, instance = folder / "bank", folder / "instance"
    bank.mkdir()
    shutil.copy(QUESTIONS / "kettles.yaml", bank)
    school.library.folder = bank
    school.library.load()
    school.app.instance_path = str(instance)
    return QuizCabinet(school, Cabinet(bank, instance / "earlier"), school.as_teacher(teacher))
