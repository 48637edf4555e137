"""Quiz files half written, malformed and swapped while students work: nobody notices anything."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from proofs.people import LOST, Student
from proofs.result import Result, Setting
from proofs.school import QUIZ
from proofs.storage import newcomer, prepare
from quizapp.checking import check_file

READERS = 4
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


def read_on(student: Student, stop: threading.Event, faults: list[int], counts: list[int]) -> None:
    """Read, save and start over until told to stop; note every answer that is not fine."""
    turn = 0
    while not stop.is_set():
        turn += 1
        try:
            seen = [student.get(student.attempt).status, student.get("/home").status]
            seen.append(200 if student.save({"cleaner": f"{turn}"}).status == 303 else 0)
        except LOST:
            seen = [0]
        counts.append(len(seen))
        faults += [status for status in seen if status != 200]


def edit_under_load(setting: Setting) -> list[Result]:
    """Save the quiz thousands of times, well and badly, while students work at it."""
    chance = setting.chance
    server, room = prepare(setting.folder)
    path = server.questions / f"{QUIZ}.yaml"
    good = path.read_text(encoding="utf-8")
    faults: list[int] = []
    counts: list[int] = []
    stop = threading.Event()
    with server:
        students = [newcomer(server, room, f"Otter-{number}") for number in range(READERS)]
        threads = [
            threading.Thread(target=read_on, args=(one, stop, faults, counts), daemon=True)
            for one in students
        ]
        for thread in threads:
            thread.start()
        for turn in range(setting.times(10_000, least=40)):
            text = good.replace("title:", f"# {turn}\ntitle:", 1)
            chance.choice(WAYS)(path, spoil(text, chance) if turn % 2 else text, chance)
            time.sleep(chance.uniform(0, 0.1))
        stop.set()
        for thread in threads:
            thread.join(30)
        path.write_text(good, encoding="utf-8")
    tried = sum(counts)
    return [Result("quiz files saved badly stop no student", tried, len(faults), setting.seed)]


def read_malformed(setting: Setting) -> list[Result]:
    """Check spoiled files: an answer for each, and a place for every problem."""
    chance = setting.chance
    texts = [path.read_text(encoding="utf-8") for path in sorted(_examples().glob("*.yaml"))]
    path, failed = setting.folder / "spoiled.yaml", 0
    tried = setting.times(100_000, least=200)
    for _ in range(tried):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 3)):
            text = spoil(text or "x", chance)
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        failed += not _is_answered(path)
    return [Result("a malformed quiz file gets problems with places", tried, failed, setting.seed)]


def _examples() -> Path:
    return Path(__file__).parents[1] / "tests" / "questions"


def _is_answered(path: Path) -> bool:
    try:
        checked = check_file(path)
    except Exception:
        return False
    located = all(problem.line >= 1 and problem.column >= 1 for problem in checked.problems)
    return located and (checked.quiz is not None or bool(checked.problems))
