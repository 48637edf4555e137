"""What the tests of a teacher's classrooms share: addresses, and forms sent as a browser does."""

from flask.testing import FlaskClient

from quizapp import rooms
from quizapp.database import db
from tests.school import NOW, School, add_teacher, post

ROOM = "/teach/classrooms/{room}"
STUDENT = "/teach/students/{student}"


def fill(school: School, pattern: str) -> str:
    """Put the public ids of the class and of two students into a pattern."""
    ids = {"room": school.assignment.classroom.public_id}
    for key, name in (("student", "Anna"), ("other", "Ben")):
        ids[key] = (school.find(name) or school.join(name)[0]).public_id
    return pattern.format(**ids)


def send(
    school: School, client: FlaskClient, pattern: str, data: dict[str, str], follow: bool = True
) -> str:
    """Send a form from the page of the class; return the page that follows."""
    filled = {key: fill(school, value) for key, value in data.items()}
    page = post(client, "/teach/classrooms/new", fill(school, pattern), filled, follow=follow)
    assert page.status_code in (200, 303, 422), page.status
    return page.text


def share(school: School, name: str) -> None:
    add_teacher(name, "-")
    db.session.commit()
    rooms.share(school.assignment.classroom, name, school.teacher, NOW)
