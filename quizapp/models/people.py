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
    created_at: Mapped[Moment]


class SetupLink(Base):
    """A one-time link to set name and password: for the first teacher, or for one who forgot.

    The token in the link is derived from `nonce` and the secret key, so that a link not used yet
    can be printed again, and a stolen database opens nothing.
    """

    __tablename__ = "setup_links"

    id: Mapped[Key]
    nonce: Mapped[str] = mapped_column(String(22), unique=True)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id", ondelete="CASCADE"))
    created_at: Mapped[Moment]
    used_at: Mapped[MaybeMoment]


class Classroom(Base):
    """A group of students, entered with its join code."""

    __tablename__ = "classrooms"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    join_code: Mapped[str] = mapped_column(String(8), unique=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]


class Student(Base):
    """A display name in a classroom and the keyed hash of a rejoin phrase; nothing else."""

    __tablename__ = "students"
    __table_args__ = (UniqueConstraint("classroom_id", "name_folded"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    name_folded: Mapped[str] = mapped_column(String(80))
    phrase_hash: Mapped[Digest] = mapped_column(unique=True)
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
