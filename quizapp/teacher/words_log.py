"""What the log says: each action of the audit log in words, by its name in the code."""

from quizapp.chronicle import Entry

# {student}, {title} and {colleague} are names; whatever else a detail of the entry is called.
ACTIONS = {
    "administrator made": "made {colleague} an administrator",
    "quiz put back": "put an earlier file of a quiz back",
    "quiz saved": "saved a quiz file",
    "account closed": "closed the account of {colleague}",
    "account made": "made an account",
    "account opened": "opened the account of {colleague} again",
    "allowed attempt taken back": "took back an extra attempt of {student} at “{title}”",
    "answers imported": "took over {answers} for {student} at “{title}” from a file",
    "answers marked": "marked equal answers in “{title}” alike: {answers}, {points} each",
    "assignment changed": "changed the rules of “{title}”",
    "assignment closed": "closed “{title}”",
    "assignment deleted": "deleted “{title}”",
    "assignment extended": "let “{title}” close later",
    "assignment made": "gave “{title}” to the class",
    "assignment restored": "put “{title}” back",
    "attempt allowed": "allowed {student} one more attempt at “{title}”",
    "attempt handed in": "handed in “{title}” for {student}",
    "attempt reopened": "opened “{title}” again for {student}",
    "browser logged out": "logged a browser out",
    "browsers logged out": "logged all other browsers out",
    "classroom archived": "archived the class",
    "classroom deleted": "deleted the class",
    "classroom given away": "gave the class to {colleague}",
    "classroom shared": "shared the class with {colleague}",
    "classroom unarchived": "brought the class back from the archive",
    "code rotated": "made a new class code",
    "joining closed": "closed joining",
    "joining opened": "opened joining",
    "later closing given": "let {student} work longer at “{title}”",
    "later closing taken back": "took back the longer time of {student} at “{title}”",
    "level set": "set the reading level of {student}",
    "link withdrawn": "withdrew a link",
    "marks taken back": "put the rules' marks back in “{title}”: {answers}",
    "more time given": "gave {student} more minutes for “{title}”",
    "more time given to all": "gave {students} more minutes for “{title}”, in one act",
    "more time taken back from all": "took these minutes back from {students} at “{title}”",
    "more time taken back": "took back the extra minutes of {student} at “{title}”",
    "password changed": "changed their password",
    "password link made": "made a link for a new password of {colleague}",
    "password set by link": "set a new password by a link",
    "phrase renewed": "made new words for {student} to come back with",
    "points given": "gave {student} {points} for an answer in “{title}”",
    "sharing ended": "stopped sharing the class with {colleague}",
    "student removed": "removed {student}",
    "student renamed": "renamed {student}",
    "student restored": "put {student} back",
    "students added": "put names on the class list",
    "students merged": "joined two entries of {student} into one",
    "teacher invited": "invited a teacher",
    "time factor set": "changed how much time {student} gets",
}
GONE = {
    "student": "a student who is gone",
    "title": "a quiz that is gone",
    "colleague": "a teacher who is gone",
}
COUNTED = {"answers": "answer", "points": "point", "students": "student"}


def describe(entry: Entry) -> str:
    """Return what was done, to be read after the name of who did it.

    An action that is not in the table stands as the code calls it.
    """
    words = ACTIONS.get(entry.action)
    if words is None:
        named = entry.student or entry.colleague or entry.title
        return f"{entry.action}: {named}" if named else entry.action
    found = {"student": entry.student, "title": entry.title, "colleague": entry.colleague}
    names = {key: name or GONE[key] for key, name in found.items()}
    counts = {key: _count(str(entry.details.get(key, "")), word) for key, word in COUNTED.items()}
    return words.format(**names, **counts)


def _count(number: str, word: str) -> str:
    """Return the number with its noun; what is no whole number stands as it is: "1/2 points"."""
    if not number:
        return f"some {word}s"
    return f"{number} {word}" if number == "1" else f"{number} {word}s"
