"""Quiz files half written, malformed and swapped while students work: nobody notices anything."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from proofs.people import LOST, Student
from proofs.result import Result, Setting
from proofs.school import QUIZ, application, enrol, open_room
from proofs.server import QUESTIONS, Server
from proofs.shares import in_shares
from proofs.together import seated
from quizapp.checking import check_as

READERS = 4
TITLE = "The repair room"
PIECES = (
    "*a",
    "&a b",
    "!!python/object:x y",
    "<<: *a",
    "{",
    "[",
    "'",
    '"',
    "\t",
    "\x00",
    "---\n",
    "- ",
)


def slowly(path: Path, text: str, chance: random.Random) -> None:
    """Empty the file, then write it in pieces, as a careless editor does."""
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(text), 400):
            file.write(text[start : start + 400])
            file.flush()
            time.sleep(chance.uniform(0, 0.02))


def by_renaming(path: Path, text: str, _chance: random.Random) -> None:
    """Write another file and rename it over, as a careful editor does."""
    other = path.with_name(f".{path.name}.new")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def deleted_first(path: Path, text: str, chance: random.Random) -> None:
    """Delete the file, wait, and write it again, as a synchronising folder may do."""
    path.unlink(missing_ok=True)
    time.sleep(chance.uniform(0, 0.05))
    path.write_text(text, encoding="utf-8")


WAYS: tuple[Callable[[Path, str, random.Random], None], ...] = (slowly, by_renaming, deleted_first)


def spoil(text: str, chance: random.Random) -> str:
    """Return the text with something wrong in it: cut off, doubled, or with a piece too many."""
    place = chance.randrange(len(text))
    return chance.choice(
        (
            text[:place],
            text[:place] + chance.choice(PIECES) + text[place:],
            text[:place] + text[place // 2 :],
        )
    )


def read_on(
    student: Student, visitor: Student, stop: threading.Event, faults: list[int], counts: list[int]
) -> None:
    """Read and save until told to stop, and let a visitor look what can be begun; note faults."""
    turn = 0
    while not stop.is_set():
        turn += 1
        try:
            seen = [student.get(student.attempt).status]
            seen.append(200 if TITLE in visitor.get("/home").text else 0)
            seen.append(200 if student.save({"cleaner": f"{turn}"}).status == 303 else 0)
        except LOST:
            seen = [0]
        counts.append(len(seen))
        faults += [status for status in seen if status != 200]


def edit_under_load(setting: Setting) -> list[Result]:
    """Save the quiz thousands of times, well and badly, while students work at it."""
    times, few, seed = setting.times(800, least=30), setting.times(100, least=20), setting.seed
    tried, failed = _edit(setting, "whole", ("quizapp",), times)
    weak, caught = _edit(setting, "weak", ("proofs.weak", "drop-broken"), few)
    return [
        Result("quiz files saved badly stop no student", tried, failed, seed),
        Result("control: a broken file is taken off the shelf", weak, caught, seed, True),
    ]


def _edit(setting: Setting, name: str, module: tuple[str, ...], times: int) -> tuple[int, int]:
    chance, folder = setting.chance, setting.folder / name
    folder.mkdir()
    server = Server(folder, module=module)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    room = open_room(app)
    people = enrol(app, room, 2 * READERS)
    path = server.questions / f"{QUIZ}.yaml"
    good = path.read_text(encoding="utf-8")
    faults: list[int] = []
    counts: list[int] = []
    stop = threading.Event()
    with server:
        students = [seated(server.port, room, one) for one in people[:READERS]]
        visitors = [seated(server.port, room, one, started=False) for one in people[READERS:]]
        threads = [
            threading.Thread(target=read_on, args=(*pair, stop, faults, counts), daemon=True)
            for pair in zip(students, visitors, strict=True)
        ]
        for thread in threads:
            thread.start()
        for turn in range(times):
            text = good.replace("title:", f"# {turn}\ntitle:", 1)
            chance.choice(WAYS)(path, spoil(text, chance) if turn % 2 else text, chance)
            # Now and then it stands still for long enough to be taken.
            time.sleep(0.8 if turn % 10 == 9 else chance.uniform(0, 0.05))
        stop.set()
        for thread in threads:
            thread.join(30)
        path.write_text(good, encoding="utf-8")
    return sum(counts), len(faults)


def read_malformed(setting: Setting) -> list[Result]:
    """Check spoiled texts: an answer and places; the control is the parser's own answer.

    They are checked as the bytes of a file are that has been read. The control is asked of one
    text in ten, which is enough to see it fail.
    """
    shares = in_shares(setting, _count_unanswered, setting.times(1_000_000, least=1_000))
    tried, failed, asked, caught = (sum(column) for column in zip(*shares, strict=True))
    return [
        Result("a malformed quiz file gets problems with places", tried, failed, setting.seed),
        Result("control: PyYAML's own errors", asked, caught, setting.seed, True),
    ]


def _count_unanswered(setting: Setting, times: int) -> tuple[int, int, int, int]:
    """Spoil and check texts; return how many and the failed, then the same of the control."""
    chance, path = setting.chance, setting.folder / "spoiled.yaml"
    texts = [one.read_text(encoding="utf-8") for one in _examples()]
    failed = asked = caught = 0
    for turn in range(times):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 3)):
            text = spoil(text or "x", chance)
        failed += not _is_answered(path, text.encode())
        if turn % 10 == 0:
            asked += 1
            caught += not _is_placed(text)
    return times, failed, asked, caught


def _is_placed(text: str) -> bool:
    """Tell whether PyYAML alone reads the text, or says where it does not."""
    try:
        for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
            pass
    except yaml.YAMLError as error:
        return getattr(error, "problem_mark", None) is not None
    return True


def _examples() -> list[Path]:
    """Return quiz files without a fault, among them one with every kind of question."""
    return sorted(one for one in QUESTIONS.rglob("*.yaml") if one.parent.name != "broken")


def _is_answered(path: Path, data: bytes) -> bool:
    try:
        checked = check_as(path, data)
    except Exception:
        return False
    located = all(problem.line >= 1 and problem.column >= 1 for problem in checked.problems)
    return located and (checked.quiz is not None or bool(checked.problems))
