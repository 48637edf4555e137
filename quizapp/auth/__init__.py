"""Coming in and going out: teachers with a password, students with a code or a phrase."""

from flask import Blueprint

bp = Blueprint("auth", __name__)
