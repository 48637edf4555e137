"""Every module of the teacher's pages: importing them puts their views onto the blueprint."""

from quizapp.teacher import (
    accounts,
    answers,
    assigning,
    bp,
    colleagues,
    editing,
    helping,
    importing,
    live,
    quizzes,
    room_settings,
    rooms,
    students,
    summing,
    timing,
    views,
)

__all__ = [
    "accounts",
    "answers",
    "assigning",
    "bp",
    "colleagues",
    "editing",
    "helping",
    "importing",
    "live",
    "quizzes",
    "room_settings",
    "rooms",
    "students",
    "summing",
    "timing",
    "views",
]
