"""Which channel of a recording is whose: a rule without a database."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["manager", "client", "unknown"]


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the waveform, from the top."""

    channel: int
    kind: Kind
    name: str


def side_of(channel: int, channels: int, manager_channel: int | None) -> Kind:
    """Who speaks on a channel; nobody knows for a mixed one, or while the manager's side is not known."""
    if channels != 2 or manager_channel is None:
        return "unknown"
    return "manager" if channel == manager_channel else "client"


def lanes(channels: int, manager_channel: int | None, names: dict[str, str]) -> list[Lane]:
    """The lanes of the waveform: the manager's above the client's."""
    found = []
    for channel in range(min(channels, 2)):
        kind = side_of(channel, channels, manager_channel)
        name = names[kind] if kind != "unknown" or channels != 2 else f"{names[kind]} {channel + 1}"
        found.append(Lane(channel, kind, name))
    return sorted(found, key=lambda lane: (lane.kind != "manager", lane.channel))
