"""Leases: of many workers one has a duty, and another takes it over when that one dies."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from quizapp.database import db, insert_missing, writing
from quizapp.models import Lease

LASTS = timedelta(seconds=20)


def hold(name: str, holder: str, now: datetime) -> bool:
    """Take or renew the lease of this name; True when `holder` has it now.

    Whoever asks more often than every ten seconds keeps it. Nothing is written while there is no
    need, so that asking costs one read.
    """
    found = db.session.scalar(select(Lease).where(Lease.name == name))
    if found is not None and now <= found.until <= now + LASTS:
        if found.holder != holder:
            return False
        if found.until - now > LASTS / 2:
            return True
    row = {"name": name, "holder": holder, "until": now + LASTS}
    with writing() as session:
        if insert_missing(session, Lease, row, "name"):
            return True
        # One that ends later than any could is from before the clock was set back.
        over = or_(Lease.until < now, Lease.until > now + LASTS)
        taken = session.execute(
            update(Lease)
            .where(Lease.name == name, or_(Lease.holder == holder, over))
            .values(row)
            .returning(Lease.id)
        ).first()
    return taken is not None
