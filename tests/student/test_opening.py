"""The rules of an assignment as a student meets them: what is said, opened and withheld."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from quizapp import deadlines, times
from quizapp.config import read_zone
from quizapp.database import db
from quizapp.models import Assignment, StrayResponse, Student
from quizapp.student import expecting
from tests.student.student_world import Browser, MakeBrowser, assign
from tests.student.test_way_through import ANSWERS, submit

HOUR = timedelta(hours=1)
BERLIN = read_zone("Europe/Berlin")
KEYS = ("The part that measures heat was covered", "lemon juice", "names the fault")


def now() -> datetime:
    return datetime.now(UTC)


def rule(app: Flask, **rules: object) -> str:
    """Change the rules of the newest assignment; return its address."""
    with app.app_context():
        found = db.session.query(Assignment).order_by(Assignment.id.desc()).first()
        assert found
        for name, value in rules.items():
            setattr(found, name, value)
        deadlines.refresh()
        db.session.commit()
        return f"/assignments/{found.public_id}"


def finish(browser: Browser) -> str:
    attempt = browser.start()
    browser.post(attempt, ANSWERS)
    return submit(browser, attempt)


def test_the_page_of_a_work_says_what_to_expect(sqlite_app: Flask, otter: Browser) -> None:
    tomorrow = now() + 24 * HOUR
    page = otter.get(rule(sqlite_app, closes_at=tomorrow, attempts_allowed=3, counts="best"))
    assert "5 on one text" in page
    assert f"Open until {times.near(tomorrow, now(), BERLIN)}" in page
    assert "Up to 3. The best one counts." in page
    assert "You see at once what was right, and why." in page


def test_practice_says_how_it_works_and_counts_nothing(sqlite_app: Flask, otter: Browser) -> None:
    page = otter.get(rule(sqlite_app, is_practice=True, attempts_allowed=2))
    assert expecting.PRACTICE_SAID in page
    assert "counts." not in page.split("<dd>Up to 2.")[1].split("</dd>")[0]


def test_before_the_opening_nothing_can_be_started(sqlite_app: Flask, otter: Browser) -> None:
    place = rule(sqlite_app, opens_at=now() + HOUR)
    for page in (otter.get("/home"), otter.get(place)):
        assert "Opens t" in page
        assert f'action="{place}/attempts"' not in page
    answer = otter.post(f"{place}/attempts")
    assert answer.location == place
    assert "This cannot be started now." in otter.get(place)


def test_a_work_that_was_missed_says_so(sqlite_app: Flask, otter: Browser) -> None:
    place = rule(sqlite_app, closes_at=now() - HOUR)
    assert "You did not start it." in otter.get("/home").split('id="done"')[1]
    assert "You did not start it." in otter.get(place)


def test_a_save_after_the_closing_is_kept_and_what_was_in_time_is_handed_in(
    sqlite_app: Flask, otter: Browser
) -> None:
    attempt = otter.start()
    otter.post(attempt, ANSWERS)
    rule(sqlite_app, closes_at=now() - HOUR)
    late = otter.post(attempt, {**ANSWERS, "q-how-many": "340"})
    page = otter.get(late.location)
    assert re.search(r"This closed at \d\d:\d\d\. What you changed since is kept", page)
    assert "Handed in" in page
    with sqlite_app.app_context():
        assert [row.given for row in db.session.query(StrayResponse)] == ['["340"]']


@pytest.mark.parametrize("page", ["/home", "attempt", "/check"])
def test_the_first_page_after_the_closing_hands_in(
    sqlite_app: Flask, otter: Browser, page: str
) -> None:
    attempt = otter.start()
    otter.post(attempt, ANSWERS)
    rule(sqlite_app, closes_at=now() - HOUR)
    seen = otter.get({"attempt": attempt, "/check": f"{attempt}/check"}.get(page, page))
    assert "Handed in" in seen or "1 of 6 points" in seen


def test_a_submit_after_the_closing_leads_to_the_receipt(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    found = re.search(r'name="key" value="([^"]+)"', otter.get(f"{attempt}/check"))
    assert found
    rule(sqlite_app, closes_at=now() - HOUR)
    assert "Handed in" in otter.get(otter.post(f"{attempt}/submission", {"key": found[1]}).location)


def test_a_second_attempt_is_offered_while_one_is_left(sqlite_app: Flask, otter: Browser) -> None:
    place = rule(sqlite_app, attempts_allowed=2)
    finish(otter)
    assert "Try again" in otter.get("/home")
    assert "1 of 2 left. The first one counts." in otter.get(place)
    otter.post(f"{place}/attempts")
    assert "Go on" in otter.get(place)


def test_the_score_shown_is_of_the_attempt_that_counts(sqlite_app: Flask, otter: Browser) -> None:
    place = rule(sqlite_app, attempts_allowed=2, counts="best")
    attempt = otter.post(f"{place}/attempts").location
    submit(otter, attempt)
    second = otter.post(f"{place}/attempts").location
    otter.post(second, {**ANSWERS, "q-how-many": "340"})
    submit(otter, second)
    assert "2 of 6 points" in otter.get("/home")
    rule(sqlite_app, counts="first")
    assert "0 of 6 points" in otter.get("/home")


REVIEWS: list[tuple[dict[str, object], str]] = [
    ({"review": "never"}, "Your teacher will tell you how it went."),
    ({"review": "closing", "closes_at": now() + 2 * HOUR}, "You see the answers after it closes t"),
]


@pytest.mark.parametrize(("rules", "sentence"), REVIEWS, ids=["never", "closing"])
def test_no_key_and_no_score_is_shown_before_the_rules_release_them(
    sqlite_app: Flask, otter: Browser, rules: dict[str, object], sentence: str
) -> None:
    place = rule(sqlite_app, **rules)
    review = finish(otter)
    for path in (review, f"{review}?q=cleaner", "/home", place):
        page = otter.get(path)
        assert sentence in page, path
        assert not any(key in page for key in KEYS), path
        assert "points" not in page, path
    assert "Receipt <code>" in otter.get(review)


def test_after_the_closing_keys_are_shown(sqlite_app: Flask, otter: Browser) -> None:
    rule(sqlite_app, review="closing", closes_at=now() + HOUR)
    review = finish(otter)
    rule(sqlite_app, closes_at=now() - HOUR)
    page = otter.get(review)
    assert KEYS[0] in page
    assert "1 of 6 points" in otter.get("/home")


def test_keys_hide_again_while_another_attempt_is_open(sqlite_app: Flask, otter: Browser) -> None:
    place = rule(sqlite_app, attempts_allowed=2)
    review = finish(otter)
    assert KEYS[0] in otter.get(review)
    otter.post(f"{place}/attempts")
    page = otter.get(review)
    assert KEYS[0] not in page
    assert "when you have handed in the attempt you are working on" in page


def begin_harbour(app: Flask, otter: Browser, **rules: object) -> tuple[str, str]:
    assign(app, "harbour")
    place = rule(app, **rules)
    attempt = otter.post(f"{place}/attempts").location
    return attempt, otter.get(attempt)


def test_one_level_for_all_shows_no_switch_and_no_other_text(
    sqlite_app: Flask, otter: Browser
) -> None:
    attempt, page = begin_harbour(sqlite_app, otter, level_mode="fixed", level="a2")
    assert "Workers built it in" in page
    assert 'aria-label="Reading level"' not in page
    assert otter.post(attempt, {"level": "b1", "go": "save"}).status_code == 404
    assert otter.post(attempt, {"level": "a2", "go": "level:b1"}).status_code == 404


def test_each_at_their_own_level_is_said_before_the_start(
    sqlite_app: Flask, otter: Browser
) -> None:
    with sqlite_app.app_context():
        db.session.query(Student).one().level = "b1"
        db.session.commit()
    assign(sqlite_app, "harbour")
    place = rule(sqlite_app, level_mode="each")
    assert "Reading level: Standard." in otter.get(place)
    page = otter.get(otter.post(f"{place}/attempts").location)
    assert "to unload" in page
    assert 'aria-label="Reading level"' not in page


def test_options_stand_as_written_where_they_are_not_shuffled(
    sqlite_app: Flask, otter: Browser
) -> None:
    rule(sqlite_app, shuffle=False)
    page = otter.get(otter.start())
    block = page.split('id="q-early-stop"')[1].split("</fieldset>")[0]
    with sqlite_app.app_context():
        live = sqlite_app.extensions["quizapp_library"].find("kettles")
    written = [option.id for option in live.public.items[0].options]
    assert re.findall(r'value="([^"]+)"', block) == written


def test_a_quiz_that_is_gone_says_so_and_is_not_started(sqlite_app: Flask, otter: Browser) -> None:
    place = rule(sqlite_app, quiz_id="nothing")
    for page in (otter.get("/home"), otter.get(place)):
        assert "Your teacher is still working on this quiz." in page
        assert f'action="{place}/attempts"' not in page
    assert otter.post(f"{place}/attempts").location == place


def test_a_deleted_work_is_gone_everywhere(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    place = rule(sqlite_app, deleted_at=now())
    assert "Nothing to do right now" in otter.get("/home")
    for path in (place, attempt, f"{attempt}/check", f"{attempt}/review"):
        assert otter.client.get(path).status_code == 404, path


def test_the_work_of_another_class_is_not_found(
    sqlite_app: Flask, otter: Browser, make_browser: MakeBrowser
) -> None:
    place = rule(sqlite_app)
    assert make_browser().client.get(place).location == "/join"
    with sqlite_app.app_context():
        db.session.query(Student).one().removed_at = now()
        db.session.commit()
    assert otter.client.get(place).location == "/join"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "today at 10:42"),
        (24, "tomorrow at 10:42"),
        (-24, "yesterday at 10:42"),
        (72, "on Friday, 8 May 2026 at 10:42"),
        (-240, "on 25 April 2026 at 10:42"),
    ],
)
def test_days_near_today_are_said_as_people_say_them(hours: int, said: str) -> None:
    morning = datetime(2026, 5, 5, 8, 42, tzinfo=UTC)
    assert times.near(morning + timedelta(hours=hours), morning, BERLIN) == said
