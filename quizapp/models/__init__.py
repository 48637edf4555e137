"""The tables. Importing this package registers all of them."""

from quizapp.models.audit import AuditEntry, Failure
from quizapp.models.machines import ClockAnchor, Lease
from quizapp.models.people import Classroom, ClassroomShare, Login, SetupLink, Student, Teacher
from quizapp.models.versions import Version
from quizapp.models.work import (
    Allowance,
    Assignment,
    Attempt,
    Mark,
    PracticeTry,
    Response,
    StrayResponse,
    Submission,
)

__all__ = [
    "Allowance",
    "Assignment",
    "Attempt",
    "AuditEntry",
    "Classroom",
    "ClassroomShare",
    "ClockAnchor",
    "Failure",
    "Lease",
    "Login",
    "Mark",
    "PracticeTry",
    "Response",
    "SetupLink",
    "StrayResponse",
    "Student",
    "Submission",
    "Teacher",
    "Version",
]
