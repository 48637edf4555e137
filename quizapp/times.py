"""The school's time zone: moments are UTC everywhere else, people read and type local time."""

from datetime import UTC, datetime, timedelta, tzinfo

FORMAT = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> shows and sends


def typed(moment: datetime | None, zone: tzinfo) -> str:
    """Return a moment as the control for date and time holds it; empty for None."""
    return moment.astimezone(zone).strftime(FORMAT) if moment else ""


def parse(text: str, zone: tzinfo) -> datetime:
    """Return the moment that was typed as local time, in UTC. Raises ValueError.

    An hour that the clocks skip counts as the hour after; of one that comes twice, the first.
    """
    return datetime.strptime(text[:16], FORMAT).replace(tzinfo=zone).astimezone(UTC)


def zone_name(zone: tzinfo) -> str:
    """Return the name of a zone as people know it."""
    return "UTC" if str(zone) == "Etc/UTC" else str(zone)


def clock(moment: datetime, zone: tzinfo) -> str:
    """Return the time of day, such as 10:42."""
    return moment.astimezone(zone).strftime("%H:%M")


def day(moment: datetime, zone: tzinfo) -> str:
    """Return the day, such as 5 May 2026."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y}"


def said(moment: datetime, zone: tzinfo) -> str:
    """Return day and time, such as 5 May 2026, 10:42."""
    return f"{day(moment, zone)}, {clock(moment, zone)}"


def near(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return day and time as people say it: today at 10:42, or on 5 May 2026 at 10:42."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    days = {today: "today", today + timedelta(days=1): "tomorrow"}
    days[today - timedelta(days=1)] = "yesterday"
    date = f"{local:%A}, {day(moment, zone)}" if abs(local - today).days < 7 else day(moment, zone)
    return f"{days.get(local, f'on {date}')} at {clock(moment, zone)}"
