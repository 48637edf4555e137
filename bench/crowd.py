"""Many at once: two writing processes, a whole class that hands in, a disk whose syncs are slow."""

from bench.pair import LINES, start_pair
from bench.row import Row
from bench.school import count, open_school
from bench.setting import Setting
from bench.wire import drive
from proofs.server import Server
from proofs.shims import build

SYNC_MS = 4
CROWDS = (300, 1000)


def share(setting: Setting) -> list[Row]:
    """Return the row on two processes that write to one database, by the latency of saving."""
    many = setting.times(100, 4)
    school = open_school(setting.folder, setting.rounds * many)
    with Server(school.folder) as one, Server(school.folder) as other:
        ports, samples, said = [one.port, other.port], [], ""
        drive(ports, [each.page() for each in school.sittings[:LINES]], LINES)
        for turn in range(setting.rounds):
            some = school.sittings[turn * many : (turn + 1) * many]
            took = drive(ports, school.saves(some), LINES)
            p50, p99 = took.quantile(0.5), took.quantile(0.99)
            samples.append(p99 / p50)
            said = f"the last round: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    return [Row("p99 ÷ p50, two writing processes, c = 16", samples, 2.5, "lower", said)]


def drain(setting: Setting) -> list[Row]:
    """Return the rows on a class that hands in at once, against the steady rate around it."""
    rounds, steady = min(setting.rounds, 3), setting.times(200, 16)
    crowds = [setting.times(crowd, 8) for crowd in CROWDS]
    school = open_school(setting.folder, rounds * sum(crowd + 2 * steady for crowd in crowds))
    left = list(school.sittings)

    def take(number: int) -> list[bytes]:
        taken, left[:number] = left[:number], []
        return [one.submit() for one in taken]

    rows = []
    with Server(school.folder) as server:
        for crowd, wanted in zip(crowds, CROWDS, strict=True):
            samples, said = [], ""
            for _ in range(rounds):
                before = drive([server.port], take(steady), LINES).seconds
                took = drive([server.port], take(crowd), crowd)
                after = drive([server.port], take(steady), LINES).seconds
                rate = 2 * steady / (before + after)
                samples.append(took.seconds / (crowd / rate))
                p99 = took.quantile(0.99)
                said = f"the last round: {took.seconds:.1f} s at {rate:.0f}/s, p99 {p99:.1f} s"
            name = f"{wanted} submits at once: time to drain"
            rows.append(Row(name, samples, 1.2, "lower", said))
    stored = count(school.database, "submissions")
    assert stored == len(school.sittings), f"{stored} of {len(school.sittings)} are stored"
    return rows


def slow_sync(setting: Setting) -> list[Row]:
    """Return the row on a disk whose every sync takes 4 ms more: reported, not required."""
    many = setting.times(100, LINES)
    school = open_school(setting.folder, setting.rounds * many + 1)
    library = build("slow", setting.folder)
    settings = {"LD_PRELOAD": str(library), "QUIZAPP_SYNC_MS": str(SYNC_MS)}
    samples, rates = [], []
    with start_pair(school, settings) as pair:
        for turn in range(setting.rounds):
            some = school.sittings[turn * many : (turn + 1) * many]
            ours = many / drive([pair.ours.port], [one.submit() for one in some], LINES).seconds
            serial = [pair.bare_submit(one) for one in some]
            bare = many / drive([pair.bare.port], serial, lines=1).seconds
            samples.append(ours / bare)
            rates.append(f"{ours:.0f}/s against {bare:.0f}/s")
    name = f"submissions, every sync {SYNC_MS} ms slower"
    return [Row(name, samples, 1.5, "higher", rates[-1], required=False)]
