"""The teacher's pages: classrooms and quizzes, the summary of an assignment, answers to mark."""

from flask import Blueprint
from werkzeug.wrappers import Response as Page

from quizapp.teacher import words

bp = Blueprint("teacher", __name__, url_prefix="/teach")
bp.add_app_template_filter(words.count_of, "count_of")
bp.add_app_template_test(words.is_loopback, "loopback")

Answer = str | Page | tuple[str, int]
