"""Work: assignments, attempts, responses, submissions, and marks, which are only ever added to."""

from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from quizapp.database import Base
from quizapp.models.columns import Digest, Key, MaybeMoment, Moment, PublicId, new_code
from quizapp.models.people import Classroom, Student
from quizapp.models.versions import Version


class Assignment(Base):
    """A quiz given to a classroom.

    `code` stands in the link that is projected. `counts` says which attempt gives the score,
    `level_mode` whether students choose the level, all read at `level`, or each at their own;
    `review` when students see keys and marks. In practice each answer is checked at once, and
    nothing enters the figures. With `walk_in` the link needs only a name. `time_limit` is in
    minutes; NULL: no limit.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("counts IN ('first', 'last', 'best')", name="counts"),
        CheckConstraint("level_mode IN ('choice', 'fixed', 'each')", name="level_mode"),
        CheckConstraint("review IN ('never', 'submit', 'closing')", name="review"),
        CheckConstraint("time_limit BETWEEN 1 AND 600", name="time_limit"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    classroom_id: Mapped[int] = mapped_column(
        ForeignKey("classrooms.id", ondelete="CASCADE"), index=True
    )
    quiz_id: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(8), unique=True, default=new_code)
    attempts_allowed: Mapped[int] = mapped_column(default=1)
    time_limit: Mapped[int | None]
    counts: Mapped[str] = mapped_column(String(5), default="first")
    level_mode: Mapped[str] = mapped_column(String(6), default="choice")
    level: Mapped[str | None] = mapped_column(String(40))
    shuffle: Mapped[bool] = mapped_column(default=True)
    review: Mapped[str] = mapped_column(String(7), default="submit")
    is_practice: Mapped[bool] = mapped_column(default=False)
    walk_in: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[MaybeMoment]
    closes_at: Mapped[MaybeMoment]
    deleted_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]

    classroom: Mapped[Classroom] = relationship(lazy="joined")


class Allowance(Base):
    """What one student gets beyond the assignment's rules: a later closing, more attempts, more
    minutes for each of them.
    """

    __tablename__ = "allowances"
    __table_args__ = (UniqueConstraint("assignment_id", "student_id"),)

    id: Mapped[Key]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(
        ForeignKey("students.id", ondelete="CASCADE"), index=True
    )
    closes_at: Mapped[MaybeMoment]
    extra_attempts: Mapped[int] = mapped_column(default=0)
    extra_minutes: Mapped[int] = mapped_column(default=0)


class Attempt(Base):
    """One sitting of one student at one assignment, frozen to the version it was started on.

    `seed` orders the options, unless `shuffled` is false; `levels` are the ids of the levels
    offered, with spaces between them (empty: all of the quiz). `submission_key` is printed into the
    page, so that any number of submits of this attempt is one submission. `time_limit` is in
    seconds from the start, frozen there (NULL: none); what is entered counts until `deadline_at`
    (NULL: always), which `deadlines` computes and alone writes.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("student_id", "assignment_id", "number"),
        CheckConstraint("state IN ('open', 'submitted')", name="state"),
        Index(
            "ix_attempts_deadline_at",
            "deadline_at",
            sqlite_where=text("state = 'open'"),  # `database` says the same to PostgreSQL
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    assignment_id: Mapped[int] = mapped_column(
        ForeignKey("assignments.id", ondelete="CASCADE"), index=True
    )
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"))
    number: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    level: Mapped[str] = mapped_column(String(40))
    levels: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10))
    shuffled: Mapped[bool] = mapped_column(default=True)
    seed: Mapped[str] = mapped_column(String(22))
    submission_key: Mapped[str] = mapped_column(String(22), unique=True)
    started_at: Mapped[Moment]
    time_limit: Mapped[int | None]
    deadline_at: Mapped[MaybeMoment]

    assignment: Mapped[Assignment] = relationship(lazy="joined")
    student: Mapped[Student] = relationship(lazy="joined")
    version: Mapped[Version] = relationship(lazy="select")

    @property
    def level_ids(self) -> tuple[str, ...]:
        """The ids of the levels offered; empty when all of the quiz's are."""
        return tuple(self.levels.split())


class Response(Base):
    """What the student entered for one item; `given` is a JSON list of option ids, or one text.

    `revision` counts its changes: a save names the one that it was made from.
    """

    __tablename__ = "responses"
    __table_args__ = (UniqueConstraint("attempt_id", "item_id"),)

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(40))
    given: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[Moment]


class PracticeTry(Base):
    """One checked answer in practice. The first is the one that counts; a second may follow it.

    A second one whose `tried_at` is NULL has been saved, but not checked; `revision` counts its
    changes until then.
    """

    __tablename__ = "practice_tries"
    __table_args__ = (UniqueConstraint("attempt_id", "item_id", "number"),)

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    given: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[MaybeMoment]


class StrayResponse(Base):
    """An answer that was not taken: kept and shown to the teacher, not counted.

    `why`: it came after the submission, or from a page that was older than the saved answer. The
    student is asked which of the two to use; `settled_at` says when that was answered.
    """

    __tablename__ = "stray_responses"
    __table_args__ = (
        UniqueConstraint("attempt_id", "item_id", "given_hash"),
        CheckConstraint("why IN ('late', 'older')", name="why"),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(40))
    given: Mapped[str] = mapped_column(Text)
    given_hash: Mapped[Digest]
    level: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(5), default="late")
    received_at: Mapped[Moment]
    settled_at: Mapped[MaybeMoment]


class Submission(Base):
    """The receipt of a submitted attempt.

    `answers` is NULL until the attempt is opened again; then it keeps what was handed in, as JSON.
    """

    __tablename__ = "submissions"
    __table_args__ = (CheckConstraint("how IN ('student', 'deadline', 'teacher')", name="how"),)

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), index=True
    )
    submission_key: Mapped[str] = mapped_column(String(22), unique=True)
    receipt: Mapped[str] = mapped_column(String(8), unique=True)
    how: Mapped[str] = mapped_column(String(10))
    submitted_at: Mapped[Moment]
    answers: Mapped[str | None] = mapped_column(Text)


class Mark(Base):
    """Points given to one response, by whom and why. The newest row of an item counts.

    `points_numerator` is NULL while the response waits for a teacher; `trace` is the JSON of the
    rule's trace; `folded` is the response as it was compared, by which equal answers are grouped.
    """

    __tablename__ = "marks"
    __table_args__ = (
        Index("ix_marks_attempt_id_item_id", "attempt_id", "item_id"),
        CheckConstraint("source IN ('rule', 'teacher', 'regrade')", name="source"),
        CheckConstraint(
            "(points_numerator IS NULL) = (outcome = 'waiting')", name="waiting_has_no_points"
        ),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(10))
    points_numerator: Mapped[int | None]
    points_denominator: Mapped[int]
    source: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str] = mapped_column(String(40))
    folded: Mapped[str] = mapped_column(Text)
    trace: Mapped[str] = mapped_column(Text)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    marked_at: Mapped[Moment]

    @property
    def points(self) -> Fraction | None:
        """The exact points, or None while the response waits."""
        if self.points_numerator is None:
            return None
        return Fraction(self.points_numerator, self.points_denominator)
