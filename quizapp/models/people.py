"""People: teachers, classrooms, students, and the browsers in which they are logged in."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from quizapp.database import Base
from quizapp.models.columns import Digest, Key, MaybeMoment, Moment, PublicId


class Teacher(Base):
    """Someone with a password. `name_folded` is the name as compared at log-in."""

    __tablename__ = "teachers"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(String(80))
    name_folded: Mapped[str] = mapped_column(String(160), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_admin: Mapped[bool]
    disabled_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]


class SetupLink(Base):
    """A one-time link to set name and password: for the first teacher, a new one (`invited_by_id`
    is then who asked them in), or one who forgot (`teacher_id`).

    The token in the link is derived from `nonce` and the secret key, so that a link not used yet
    can be printed again, and a stolen database opens nothing.
    """

    __tablename__ = "setup_links"

    id: Mapped[Key]
    nonce: Mapped[str] = mapped_column(String(22), unique=True)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id", ondelete="CASCADE"))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id", ondelete="CASCADE"))
    created_at: Mapped[Moment]
    expires_at: Mapped[MaybeMoment]
    used_at: Mapped[MaybeMoment]

    teacher: Mapped[Teacher | None] = relationship(foreign_keys=teacher_id)
    invited_by: Mapped[Teacher | None] = relationship(foreign_keys=invited_by_id)


class Classroom(Base):
    """A group of students, entered with its join code.

    `naming` says where names come from: typed freely, only those on the roster, or given by the
    application (Otter-17). `teacher_id` is the owner; colleagues stand in `classroom_shares`. An
    archived classroom is closed, and is deleted with all its work after `keep_until`.
    """

    __tablename__ = "classrooms"
    __table_args__ = (CheckConstraint("naming IN ('free', 'roster', 'pseudonyms')", name="naming"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    join_code: Mapped[str] = mapped_column(String(8), unique=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    naming: Mapped[str] = mapped_column(String(10), default="free")
    joining_open: Mapped[bool] = mapped_column(default=True)
    archived_at: Mapped[MaybeMoment]
    keep_until: Mapped[MaybeMoment]
    created_at: Mapped[Moment]


class ClassroomShare(Base):
    """A colleague with whom the owner shares a classroom: everything but giving it away."""

    __tablename__ = "classroom_shares"
    __table_args__ = (UniqueConstraint("classroom_id", "teacher_id"),)

    id: Mapped[Key]
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"))
    teacher_id: Mapped[int] = mapped_column(
        ForeignKey("teachers.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Moment]


class Student(Base):
    """A display name in a classroom and the keyed hash of a rejoin phrase; nothing else.

    `joined_at` is NULL while a name only stands on the roster. `level` is the reading level that
    the teacher chose for this student, used where a quiz has it and the assignment says so.
    `time_factor` is the percent of every time limit that the student gets; 0: no limit. A removed
    student keeps the work for an undo, and frees the name: `name_folded` is then the public id
    after a colon, which no name can be.
    """

    __tablename__ = "students"
    __table_args__ = (
        UniqueConstraint("classroom_id", "name_folded"),
        CheckConstraint("time_factor IN (0, 100, 125, 150, 200)", name="time_factor"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    name_folded: Mapped[str] = mapped_column(String(80))
    phrase_hash: Mapped[Digest] = mapped_column(unique=True)
    level: Mapped[str | None] = mapped_column(String(40))
    time_factor: Mapped[int] = mapped_column(default=100)
    is_walk_in: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[MaybeMoment]
    removed_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]

    classroom: Mapped[Classroom] = relationship(lazy="joined")


class Login(Base):
    """One browser in which a teacher or a student is logged in. Deleting the row logs it out."""

    __tablename__ = "logins"
    __table_args__ = (
        CheckConstraint("(teacher_id IS NULL) <> (student_id IS NULL)", name="one_person"),
    )

    id: Mapped[Key]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    teacher_id: Mapped[int | None] = mapped_column(
        ForeignKey("teachers.id", ondelete="CASCADE"), index=True
    )
    student_id: Mapped[int | None] = mapped_column(
        ForeignKey("students.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]

    teacher: Mapped[Teacher | None] = relationship(lazy="joined")
    student: Mapped[Student | None] = relationship(lazy="joined")
