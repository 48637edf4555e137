"""Demonstration classes that are full of work: made by the ways real students take, and removed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from quizapp import attempts, classrooms
from quizapp.bank.public import asked
from quizapp.database import db, writing
from quizapp.imitation import Imitation, Pupil
from quizapp.library import LiveVersion
from quizapp.models import Assignment, Classroom, Student, Teacher
from quizapp.models.columns import new_code

SIZES = (30, 3)
LESSON = timedelta(minutes=45)
STEPS = 3  # how often a pupil's page saves on the way


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What to fill classes with: the quiz, when the lesson ends, the seed, the secret of the
    installation (for rejoin phrases)."""

    live: LiveVersion
    now: datetime
    seed: str
    secret: str


def title(size: int) -> str:
    """Return the name of the demonstration class of this size."""
    return f"Demonstration, {size} students"


def fill(plan: Demonstration, size: int, tell: Callable[[str], None]) -> bool:
    """Make a class of this size and let it work; False when it is there already.

    `tell` gets the name of each pupil who is done. A class that was not finished is removed.
    """
    if _find(size) is not None:
        return False
    assignment_id = _open(plan, size)
    imitation = Imitation(plan.live.quiz, f"{plan.seed}/{size}")
    try:
        for place, pupil in enumerate(imitation.pupils(size)):
            _work(plan, imitation, pupil, assignment_id, _state(place, size))
            tell(pupil.name)
    except BaseException:
        _remove(size)
        raise
    return True


def remove() -> int:
    """Remove the classes that `fill` made, with all their work; return how many there were."""
    return sum(_remove(size) for size in SIZES)


def _state(place: int, size: int) -> str:
    """In a class of 30, three have not started and one is still working."""
    if size - place <= size // 10:
        return "joined"
    return "working" if size - place == size // 10 + 1 and size >= 10 else "submitted"


def _find(size: int) -> int | None:
    return db.session.scalar(
        select(Classroom.id).where(Classroom.is_demonstration, Classroom.name == title(size))
    )


def _open(plan: Demonstration, size: int) -> int:
    begin = plan.now - LESSON
    with writing() as session:
        owner = session.scalar(
            select(Teacher.id)
            .where(Teacher.is_admin, Teacher.disabled_at.is_(None))
            .order_by(Teacher.id)
            .limit(1)
        )
        classroom = Classroom(
            teacher_id=owner,
            name=title(size),
            join_code=new_code(),
            is_demonstration=True,
            created_at=begin,
        )
        session.add(classroom)
        session.flush()
        assignment = Assignment(
            classroom_id=classroom.id, quiz_id=plan.live.quiz.id, created_at=begin
        )
        session.add(assignment)
        session.flush()
        return assignment.id


def _work(
    plan: Demonstration, imitation: Imitation, pupil: Pupil, assignment_id: int, state: str
) -> None:
    joined = plan.now - LESSON + timedelta(minutes=imitation.minutes(0, 5))
    length = timedelta(minutes=imitation.minutes(14, 38))
    assignment = db.session.get_one(Assignment, assignment_id)
    classrooms.join(assignment.classroom, pupil.name, plan.secret, joined)
    if state == "joined":
        return
    student = db.session.scalars(
        select(Student).where(
            Student.classroom_id == assignment.classroom_id, Student.name == pupil.name
        )
    ).one()
    attempt = attempts.start(assignment, student, plan.live, joined)
    items = asked(plan.live.quiz, attempt.level_ids)
    answers = list(imitation.answers(pupil, items).items())
    steps = range(1, STEPS + 1 if state == "submitted" else STEPS)
    for step in steps:
        done = dict(answers[: len(answers) * step // STEPS])
        attempts.save(attempt, done, pupil.level.id, joined + length * step / (STEPS + 1))
    if state == "submitted":
        attempts.submit(attempt, attempt.submission_key, plan.live.quiz, joined + length)


def _remove(size: int) -> bool:
    with writing() as session:
        gone = session.execute(
            delete(Classroom)
            .where(Classroom.is_demonstration, Classroom.name == title(size))
            .returning(Classroom.id)
        ).first()
    return gone is not None
