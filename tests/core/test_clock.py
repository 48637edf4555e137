"""The clock: setting the wall clock moves no time limit; the new time holds when none runs."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from quizapp import attempts, doctor
from quizapp.bank.model import Given
from quizapp.clock import Anchor, Clock, find_boot, read_elapsed
from quizapp.database import db, writing
from quizapp.models import Attempt, AuditEntry, ClockAnchor
from quizapp.timekeeping import MOVED, keep_time
from tests.school import NOW, School, open_school

JUMPS = {
    "hour ahead": timedelta(hours=1),
    "hour back": timedelta(hours=-1),
    "day ahead": timedelta(days=1),
    "day back": timedelta(days=-1),
    "to 1970": datetime(1970, 1, 1, tzinfo=NOW.tzinfo) - NOW,
}


@dataclass
class Machine:
    """A machine whose wall clock can be set."""

    wall: datetime = NOW
    ran: int = 5_000_000_000

    def clock(self) -> Clock:
        """Return the clock of one more worker."""
        return Clock(lambda: self.wall, lambda: self.ran)

    def run(self, passed: timedelta) -> None:
        """Let time pass."""
        self.wall += passed
        self.ran += passed // timedelta(microseconds=1) * 1000


moves = st.lists(
    st.tuples(
        st.timedeltas(timedelta(0), timedelta(hours=3)),
        st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    ),
    max_size=5,
)


@given(moves=moves)
@settings(max_examples=300, deadline=None)
def test_the_time_that_passes_is_what_passed_however_the_clock_is_set(
    moves: list[tuple[timedelta, timedelta]],
) -> None:
    machine = Machine()
    clock = machine.clock()
    clock.anchor = clock.read()
    passed = timedelta(0)
    for wait, jump in moves:
        machine.run(wait)
        passed += wait
        machine.wall += jump
        assert clock.now() == NOW + passed
    assert clock.off() == sum((jump for _wait, jump in moves), timedelta(0))


def test_without_an_anchor_it_is_the_wall_clock() -> None:
    machine = Machine()
    machine.wall += timedelta(hours=1)
    assert machine.clock().now() == NOW + timedelta(hours=1)


def test_a_moment_of_before_is_told_by_what_has_passed_since() -> None:
    machine = Machine()
    clock, before = machine.clock(), machine.ran
    machine.run(timedelta(seconds=3))
    assert clock.at(before) == NOW


def test_where_the_system_counts_no_sleep_the_monotonic_clock_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    before = time.monotonic_ns()
    assert before <= read_elapsed() <= time.monotonic_ns()


@pytest.fixture
def school(sqlite_app: Flask) -> Iterator[School]:
    with sqlite_app.app_context():
        yield open_school(sqlite_app)


def work_against_a_limit(school: School) -> Attempt:
    with writing():
        school.assignment.time_limit = 30
    return school.start("Otter-1", {})


def recorded() -> list[str]:
    query = select(AuditEntry.details).where(AuditEntry.action == MOVED).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def test_workers_of_one_machine_have_one_time_also_after_a_restart(school: School) -> None:
    machine = Machine()
    keep_time(machine.clock(), "boot")
    work_against_a_limit(school)
    machine.run(timedelta(minutes=1))
    machine.wall += timedelta(hours=1)
    second = machine.clock()
    keep_time(second, "boot")
    assert second.now() == NOW + timedelta(minutes=1)
    assert db.session.scalars(select(ClockAnchor.boot)).all() == ["boot"]


def test_another_start_of_the_machine_reads_the_wall_clock_anew(school: School) -> None:
    machine = Machine()
    keep_time(machine.clock(), "boot")
    machine.wall, machine.ran = NOW + timedelta(days=1), 0
    clock = machine.clock()
    keep_time(clock, "another boot")
    assert clock.now() == NOW + timedelta(days=1)
    assert recorded() == []


@pytest.mark.parametrize("jump", JUMPS.values(), ids=list(JUMPS))
def test_a_clock_that_is_set_costs_no_student_time_and_gives_none(
    school: School, jump: timedelta
) -> None:
    machine = Machine()
    clock = machine.clock()
    keep_time(clock, "boot")
    attempt = work_against_a_limit(school)
    machine.run(timedelta(minutes=20))
    machine.wall += jump
    keep_time(clock, "boot")
    assert attempts.save(attempt, {}, "text", clock.now()).counts
    machine.run(timedelta(minutes=10, seconds=9))
    keep_time(clock, "boot")
    assert attempts.save(attempt, {}, "text", clock.now()).counts
    machine.run(timedelta(seconds=2))
    keep_time(clock, "boot")
    assert not attempts.save(attempt, {}, "text", clock.now()).counts


def test_a_move_is_recorded_once_by_however_many_workers(inside: Flask) -> None:
    school = open_school(inside)
    machine = Machine()
    workers = [machine.clock(), machine.clock()]
    work_against_a_limit(school)
    for jump in (timedelta(0), timedelta(hours=1), timedelta(seconds=-90)):
        machine.wall += jump
        for worker in workers * 2:
            keep_time(worker, "boot")
    assert recorded() == ['{"seconds": 3600.0}', '{"seconds": 3510.0}']


def test_the_new_time_holds_as_soon_as_nobody_works_against_a_limit(school: School) -> None:
    machine = Machine()
    clock, other = machine.clock(), machine.clock()
    keep_time(clock, "boot")
    keep_time(other, "boot")
    attempt = work_against_a_limit(school)
    machine.wall += timedelta(hours=1)
    keep_time(clock, "boot")
    assert clock.now() == NOW
    attempts.submit(attempt, attempt.submission_key, school.live.quiz, clock.now())
    keep_time(clock, "boot")
    keep_time(other, "boot")
    assert clock.now() == other.now() == NOW + timedelta(hours=1)
    assert len(recorded()) == 1


def boot_wrongly(wrong: timedelta) -> tuple[Machine, Clock]:
    """Return a machine that was started ten minutes later, its wall clock off by so much."""
    machine = Machine(NOW + timedelta(minutes=10) + wrong, 0)
    clock = machine.clock()
    keep_time(clock, "another boot")
    return machine, clock


WRONG = {
    "to 1970": datetime(1970, 1, 1, tzinfo=NOW.tzinfo) - NOW,
    "as it was when it went off": timedelta(minutes=-9),
    "an hour ahead": timedelta(hours=1),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_an_attempt_of_before_the_start_keeps_no_wrong_clock(
    inside: Flask, wrong: timedelta
) -> None:
    school = open_school(inside)
    work_against_a_limit(school)
    machine, clock = boot_wrongly(wrong)
    machine.wall -= wrong
    keep_time(clock, "another boot")
    assert clock.now() == NOW + timedelta(minutes=10)


def test_an_attempt_of_before_the_start_counts_when_somebody_works_at_it_again(
    inside: Flask,
) -> None:
    school = open_school(inside)
    attempt = work_against_a_limit(school)
    machine, clock = boot_wrongly(timedelta(minutes=-9))
    machine.run(timedelta(minutes=1))
    given = {"cleaner": Given(("lemon",), "text")}
    assert attempts.save(attempt, given, "text", clock.now()).counts
    machine.wall += timedelta(hours=1)
    keep_time(clock, "another boot")
    assert clock.now() == NOW + timedelta(minutes=2)


def test_a_move_while_nobody_works_is_recorded_and_taken_at_once(school: School) -> None:
    machine = Machine()
    clock = machine.clock()
    keep_time(clock, "boot")
    machine.wall += timedelta(hours=-1)
    keep_time(clock, "boot")
    keep_time(clock, "boot")
    assert clock.now() == NOW - timedelta(hours=1)
    assert recorded() == ['{"seconds": -3600.0}']


def test_a_second_is_no_move(school: School) -> None:
    machine = Machine()
    clock = machine.clock()
    keep_time(clock, "boot")
    machine.wall += timedelta(seconds=1)
    keep_time(clock, "boot")
    assert (clock.now(), recorded()) == (NOW, [])


def test_where_the_system_tells_no_boot_a_process_keeps_its_own_anchor(school: School) -> None:
    machine = Machine()
    clock = machine.clock()
    keep_time(clock, None)
    attempt = work_against_a_limit(school)
    machine.wall += timedelta(hours=1)
    keep_time(clock, None)
    assert clock.now() == NOW
    attempts.submit(attempt, attempt.submission_key, school.live.quiz, clock.now())
    keep_time(clock, None)
    assert clock.now() == NOW + timedelta(hours=1)


@pytest.mark.skipif(find_boot() is None, reason="this system tells no boot")
@pytest.mark.parametrize(("hours", "state"), [(0, "good"), (1, "note"), (-1, "note")])
def test_the_doctor_says_whether_the_clock_was_moved(
    school: School, hours: int, state: str
) -> None:
    read = Clock().read()
    boot = find_boot()
    with writing() as session:
        then = read.wall - timedelta(hours=hours)
        session.add(ClockAnchor(boot=boot, wall_at=then, elapsed=read.elapsed))
    found = list(doctor._clock(Clock(), boot))
    assert [one.state for one in found] == [state]
    assert ("moved by" in found[0].sentence) == (hours != 0)


def test_an_anchor_counts_whole_microseconds() -> None:
    assert Anchor(NOW, 0).at(1_500) == NOW + timedelta(microseconds=1)
