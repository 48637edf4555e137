"""A teacher's first lesson, a later day, and the way there by keyboard, in real browsers."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from quizapp.accounts import offer_setup
from quizapp.database import writing
from quizapp.models import Assignment, Classroom
from quizapp.models.columns import new_code
from tests.browser.serving import served
from tests.school import NOW, PASSWORD, School, add_teacher, open_school

NewContext = Callable[..., BrowserContext]
Answers = Mapping[str, str | tuple[str, ...]]  # what is typed, or the options chosen
KETTLES = "The repair room"
BETTER = "The chalk is what it removes, so this earns the point."
RIGHT: Answers = {
    "Why did most": ("The part that measures heat was covered",),
    "TWO statements": ("A visitor does not have to pay", "The team keeps a record of its cases"),
    "What removes": "lemon juice",
    "How many kettles": "340",
    "In one sentence": "What was broken, and what helped.",
}
MISREAD: Answers = {
    "Why did most": ("Somebody had left lemon juice inside them",),
    "TWO statements": (
        "A visitor does not have to pay",
        "Most of the things that come in are radios",
    ),
    "What removes": "a sensor",
    "How many kettles": "60",
}
SOUR = "something sour from a fruit"
WAITS: Answers = {"What removes": SOUR}


@pytest.fixture(scope="session")
def fresh_app(
    make_app: Callable[[str], Flask],
    make_sqlite_url: Callable[[Path], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """An application of this file's own, on which nobody has been yet."""
    app = make_app(make_sqlite_url(tmp_path_factory.mktemp("fresh")))
    app.extensions["quizapp_library"].load()
    return app


@pytest.fixture(scope="session")
def base_url(fresh_app: Flask) -> Iterator[str]:
    """The address of its server."""
    with served(fresh_app) as address:
        yield address


@pytest.fixture
def setup_link(fresh_app: Flask) -> str:
    """The link that the first start of the program prints."""
    with fresh_app.app_context():
        return f"/teach/setup/{offer_setup(str(fresh_app.secret_key), datetime.now(UTC))}"


@pytest.fixture
def school(fresh_app: Flask) -> School:
    """What Ms Ito left yesterday: a class with two quizzes, one with an answer that waits."""
    with fresh_app.app_context():
        school = open_school(fresh_app, "Ms Ito")
        school.hand_in("Otter-1", {"cleaner": "something sour", "early-stop": "sensor"})
        school.hand_in("Heron-2", {"cleaner": "lemon", "early-stop": "sensor"})
        with writing() as session:
            kettles = session.get_one(Assignment, school.assignment_id)
            kettles.closes_at = datetime.now(UTC) + timedelta(hours=2)
            crane = Assignment(classroom_id=kettles.classroom_id, quiz_id="harbour", created_at=NOW)
            other = Classroom(
                teacher_id=school.teacher.id, name="Class 8a", join_code=new_code(), created_at=NOW
            )
            session.add_all([crane, other])
    return school


def log_in(page: Page, name: str) -> None:
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def come_in(page: Page, name: str, button: str) -> None:
    """Type a name, and write the four words down."""
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name=button).click()
    page.get_by_role("link", name="I have written them down").click()


def hand_in(page: Page, answers: Answers) -> None:
    """Start; choose where there are options, type where there are none; hand in."""
    page.get_by_role("button", name="Start").click()
    for question, given in answers.items():
        if isinstance(given, str):
            page.get_by_label(question).fill(given)
            continue
        for option in given:
            page.get_by_role("group", name=question).get_by_label(option).check()
    page.get_by_role("button", name="Check").locator("visible=true").click()
    page.wait_for_url("**/check")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("article.card")).to_have_count(5)


def rows_of(page: Page, link: str, name: str) -> list[dict[str, str]]:
    """Press a link, and read the file that comes."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    assert download.value.suggested_filename == name
    text = download.value.path().read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_a_new_teachers_first_lesson(page: Page, setup_link: str, new_context: NewContext) -> None:
    link, code = give_in_two_decisions(page, setup_link)
    by_link = new_context().new_page()
    by_link.goto(link)
    by_link.get_by_label("Class code").fill(code)
    by_link.get_by_role("button", name="Join the class").click()
    come_in(by_link, "Otter-1", "Join")
    hand_in(by_link, RIGHT)
    by_code = new_context().new_page()
    by_code.goto("/")
    by_code.get_by_label("Class code").fill(code.lower())
    by_code.get_by_role("button", name="Go on").click()
    come_in(by_code, "Heron-2", "Join")
    hand_in(by_code, MISREAD)
    page.get_by_role("link", name="Settings").click()
    page.get_by_text("More settings").click()
    page.get_by_text("The link needs only a name").click()
    page.get_by_role("button", name="Save").click()
    by_name = new_context().new_page()
    by_name.goto(link)
    come_in(by_name, "Robin-3", "Go on")
    hand_in(by_name, WAITS)

    page.get_by_role("link", name="Classes").first.click()
    page.get_by_role("link", name=KETTLES).click()
    page.get_by_role("link", name="Working now").click()
    expect(page.locator("[data-total='handed in']")).to_have_text("3")
    expect(page.locator("[data-state='handed in']")).to_have_count(3)
    page.get_by_role("link", name="Summary").click()
    look_at_the_summary(page)
    take_the_files_away(page)


def give_in_two_decisions(page: Page, setup_link: str) -> tuple[str, str]:
    """Set up an account, make a class, give a quiz; return the link and the code to project."""
    page.goto(setup_link)
    page.get_by_label("Your name").fill("Ms Reed")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Save and log in").click()
    page.locator("main").get_by_role("link", name="New class").click()
    page.get_by_label("Name of the class").fill("Class 7c")
    page.get_by_role("button", name="Make the class").click()
    page.get_by_role("link", name="Give a quiz").click()
    # Two decisions, no more: which quiz, and to give it.
    page.get_by_label("Quiz").select_option(label=KETTLES)
    page.get_by_role("button", name="Give this quiz").click()
    expect(page.get_by_role("img", name="QR code of the address")).to_be_visible()
    address = page.locator(".address strong").first.inner_text().replace("\n", "")
    return f"http://{address}", page.locator(".join-code").inner_text()


def look_at_the_summary(page: Page) -> None:
    """Of three students, the page tells what is so, and makes no figure of it."""
    main = page.locator("main")
    expect(page.locator(".figures")).to_contain_text("3 of 3 finished")
    for sentence in (
        "The spread is shown from 5 finished attempts; so far there are 3.",
        "The hardest questions are named from 5 marked answers on.",
        "Shown for the class from 5 finished attempts; so far there are 3.",
    ):
        expect(main).to_contain_text(sentence)
    for figure in ("%", "Median", "Reliability", "Secure"):
        expect(page.locator("section[aria-labelledby=scores]")).not_to_contain_text(figure)
        expect(page.locator("section[aria-labelledby=errors]")).not_to_contain_text(figure)


def take_the_files_away(page: Page) -> None:
    """Both files hold what the three have done."""
    rows = rows_of(page, "Scores (CSV)", "kettles-class-7c-scores.csv")
    scores = {row["student"]: row for row in rows}
    assert [scores[name]["points"] for name in ("Otter-1", "Heron-2", "Robin-3")] == ["6", "0", "0"]
    assert [name for name, row in scores.items() if row["waiting"] != "0"] == ["Robin-3"]
    assert len(scores) == 3
    answers = rows_of(page, "Every answer (CSV)", "kettles-class-7c-answers.csv")
    assert len(answers) == 15
    waits = [(row["student"], row["points"]) for row in answers if row["answer"] == SOUR]
    assert waits == [("Robin-3", "")]
    assert [row["student"] for row in answers if row["option_type"] == "misread"] == ["Heron-2"]


def test_a_teacher_who_comes_back_goes_on_where_she_was(
    page: Page, school: School, new_context: NewContext, base_url: str
) -> None:
    log_in(page, "Ms Ito")
    extend_and_give_again(page, school)
    page.get_by_role("link", name="Your classes").click()
    room = page.locator("section.room", has_text="Class 7c")
    room.get_by_role("link", name=KETTLES).click()
    mark_with_a_reason(page)

    page.get_by_role("link", name="Summary").click()
    page.get_by_role("link", name="All work of Otter-1").click()
    work = page.locator("section[aria-labelledby=work]")
    expect(work.get_by_role("row").filter(has_text=KETTLES)).to_contain_text("2 of 6")
    expect(work.get_by_role("row").filter(has_text="The old crane")).to_contain_text("not started")

    thief = new_context(storage_state=page.context.storage_state()).new_page()
    thief.goto("/teach/")
    expect(thief.get_by_role("heading", level=1)).to_have_text("Your classes")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    thief.goto("/teach/")
    assert thief.url == f"{base_url}/teach/login"


def extend_and_give_again(page: Page, school: School) -> None:
    """Let the quiz close a day later, and give it to the other class."""
    page.get_by_role("row", name=KETTLES).get_by_role("link", name="Settings").click()
    tomorrow = datetime.now(UTC) + timedelta(days=1, hours=2)
    page.get_by_role("button", name="Close a day later").click()
    expect(page.get_by_role("status")).to_contain_text("Open until")
    with school.app.app_context():
        closes_at = school.assignment.closes_at
        assert closes_at is not None
        assert abs(closes_at - tomorrow) < timedelta(minutes=5)
    page.get_by_role("link", name="to Class 8a").click()
    page.get_by_role("button", name="Give this quiz").click()
    expect(page.get_by_text("This is the page to show your class.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Class 8a")


def mark_with_a_reason(page: Page) -> None:
    """Give the answer that waits a point, and say why."""
    page.get_by_role("link", name="1 answer waits for you").click()
    page.locator("#to-mark + ul a").click()
    page.get_by_text("Other points, or a reason").click()
    group = page.locator(".group-waiting")
    group.get_by_label("Points").fill("1")
    group.get_by_label("Reason").fill(BETTER)
    group.get_by_role("button", name="Give points").click()
    expect(page.get_by_role("status")).to_contain_text("Done: 1 answer marked.")
    expect(page.locator(".group", has_text="something sour")).to_contain_text(BETTER)


def test_the_keyboard_alone_leads_from_the_log_in_to_a_quiz_that_is_given(
    page: Page, fresh_app: Flask
) -> None:
    with fresh_app.app_context():
        password_hash = fresh_app.extensions["quizapp_hasher"].hash(PASSWORD)
        with writing():
            add_teacher("Ms Vance", password_hash)
    page.goto("/teach/login")
    reach(page, page.get_by_label("Your name"))
    page.keyboard.type("Ms Vance")
    reach(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    press(page, page.locator("main").get_by_role("link", name="New class"))
    reach(page, page.get_by_label("Name of the class"))
    page.keyboard.type("Class 9b")
    press(page, page.get_by_role("button", name="Make the class"))
    press(page, page.get_by_role("link", name="Give a quiz"))
    reach(page, page.get_by_label("Quiz"))
    page.keyboard.type("The rep")
    press(page, page.get_by_role("button", name="Give this quiz"))
    expect(page.get_by_role("heading", level=1)).to_have_text(KETTLES)
    expect(page.get_by_role("img", name="QR code of the address")).to_be_visible()


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, and one can see that it has."""
    expect(target).to_be_visible()
    here = "node => node === document.activeElement"
    for _ in range(40):
        if target.evaluate(here):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    assert target.evaluate("node => node.matches(':focus-visible')")


def press(page: Page, target: Locator) -> None:
    """Reach a link or a button and press Enter there."""
    reach(page, target)
    page.keyboard.press("Enter")
