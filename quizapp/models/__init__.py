"""The tables. Importing this package registers all of them."""

from quizapp.models.people import Classroom, Login, SetupLink, Student, Teacher
from quizapp.models.versions import Version
from quizapp.models.work import Assignment, Attempt, Mark, Response, StrayResponse, Submission

__all__ = [
    "Assignment",
    "Attempt",
    "Classroom",
    "Login",
    "Mark",
    "Response",
    "SetupLink",
    "StrayResponse",
    "Student",
    "Submission",
    "Teacher",
    "Version",
]
