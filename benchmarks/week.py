"""Let readers follow 66 feeds over a simulated week in which much goes wrong, and count what they miss.

  python benchmarks/week.py [--seed 1] [--feeds 66] [--days 7] [--peers newsboat] [--misses] [--json]

The installed command runs every half hour at a virtual time (Debian's faketime), while a laptop is on; the
feeds are served on the loopback interface at that time. Each class of feeds has a hazard of its own. Told is
what the notification command got, stored what is in the database. docs/notes/week.md explains the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import week_hazards
from week_figures import Figures, blocked, delays, figures, middle, misses, p95
from week_readers import Clock, Newsboat, Reader, Tuireader
from week_server import Server
from week_world import DAY, HOUR, START, Spell, World

_WARM = (START - 3 * DAY, START - DAY, START - 12 * HOUR, START - HOUR)
"""Visits before the week: readers know the feeds, their history and their validators."""


def simulate(server: Server, readers: Sequence[Reader], *, quiet: bool) -> dict[int, bool]:
    """Let time pass; return for each feed with a challenge whether its health said that it was blocked."""
    world, said = server.scene.world, dict[int, bool]()
    ends = {one.number: _last_tick(world, one.spells[0]) for one in world.feeds if one.kind == "challenge"}
    for now in [*_WARM, *world.calendar.ticks]:
        for reader in readers:
            server.at(now, reader.name)
            reader.refresh(now, due=now >= START)
            if isinstance(reader, Tuireader) and reader.name == "tuireader" and now in ends.values():
                found = blocked(reader.health(now), world, now)
                said |= {number: number in found for number, at in ends.items() if at == now}
        if not quiet and sys.stderr.isatty():
            print(f"\r{time.strftime('%a %H:%M', time.gmtime(now))} ", end="", file=sys.stderr, flush=True)
    return said


def _last_tick(world: World, spell: Spell) -> int:
    within = [at for at in world.calendar.ticks if spell.start <= at < spell.end]
    return within[-1] if within else 0


def report(world: World, made: Sequence[Figures]) -> None:
    """Print recall and delays by class, then the figures of each reader."""
    watched, known = world.watched(), made[0].known
    kinds = list(dict.fromkeys(one.kind for one in watched.values()))
    print(f"{'class':<18} {'all':>4} {'known':>5}", end="")
    for each in made:
        print(_head(each.reader, bool(each.told)), end="")
    print()
    for kind in [*sorted(kinds), ""]:
        ids = [name for name, one in watched.items() if kind in ("", one.kind)]
        can = [name for name in ids if name in known]
        print(f"{kind or 'together':<18} {len(ids):>4} {len(can):>5}", end="")
        for each in made:
            print(_cells(each, can, world), end="")
        print()
    print()
    for each in made:
        _print_rest(each, world)


def _head(name: str, told: bool) -> str:
    return f" | {name[:14]:<14} stored {'told' if told else '':>5} {'median':>6} {'p95':>5}"


def _cells(each: Figures, can: Sequence[str], world: World) -> str:
    watched = world.watched()
    stored = sum(name in each.stored for name in can) / max(1, len(can))
    told = sum(name in each.told for name in can) / max(1, len(can))
    took = delays(can, each.told or each.stored, watched, each.known, world)
    second = f"{told:5.3f}" if each.told else " " * 5
    return f" | {'':<14} {stored:>6.3f} {second} {middle(took.on):>6.0f} {p95(took.on):>5.0f}"


def _print_rest(each: Figures, world: World) -> None:
    took = delays(each.known, each.told or each.stored, world.watched(), each.known, world)
    print(
        f"{each.reader}: delay in minutes: median {middle(took.on):.0f}, p95 {p95(took.on):.0f} while on;",
        end=" ",
    )
    print(f"{middle(took.raw):.0f} and {p95(took.raw):.0f} by the clock;", end=" ")
    print(f"{middle(took.late):.0f} and {p95(took.late):.0f} since it could be known;", end=" ")
    best = delays(each.known, each.known, world.watched(), each.known, world)
    print(f"at best {middle(best.on):.0f} and {p95(best.on):.0f}")
    if each.told:
        print(f"  told twice {each.twice}; false alarms {each.false},", end=" ")
        print(f"{each.false_uncertain} of them marked uncertain", end="")
        print(f" ({each.true_uncertain} true ones marked)")
    asked = "; ".join(f"{what} {count:.1f}" for what, count in each.requests.items())
    print(f"  requests a feed and day: {asked}; 304 {each.not_modified:.2f}, same body {each.same:.2f}")
    print(f"  connections to a host {each.peak}; requests before a Retry-After {each.early}")
    gaps = ", ".join(f"{name} {value:g}" for name, value in each.gaps.items())
    print(f"  gaps: {gaps}" + (f"; challenges told as blocked: {each.blocked}" if each.blocked else ""))
    if each.moves:
        print(f"  moves to another site: {each.moves}")
    if each.alarms:
        print("  alarms: " + ", ".join(f"{kind} {count}" for kind, count in sorted(each.alarms.items())))
    print(f"  {each.seconds:.0f} s")


def as_json(world: World, made: Sequence[Figures]) -> str:
    """Return all figures as one JSON object."""
    watched = world.watched()
    whole = {}
    for each in made:
        row = asdict(each)
        took = delays(each.known, each.told or each.stored, watched, each.known, world)
        row["delay"] = {
            "median": middle(took.on), "p95": p95(took.on), "median_raw": middle(took.raw),
            "p95_raw": p95(took.raw), "median_late": middle(took.late), "p95_late": p95(took.late),
        }  # fmt: skip
        row["recall"] = {
            "stored": sum(name in each.stored for name in each.known) / max(1, len(each.known)),
            "told": sum(name in each.told for name in each.known) / max(1, len(each.known)),
        }
        kinds: dict[str, list[str]] = {}
        for name in each.known:
            kinds.setdefault(watched[name].kind, []).append(name)
        row["classes"] = {
            kind: {
                "known": len(names),
                "stored": sum(name in each.stored for name in names),
                "told": sum(name in each.told for name in names),
            }
            for kind, names in sorted(kinds.items())
        }
        for name in ("known", "stored", "told"):
            row[name] = len(row[name])
        whole[each.reader] = row
    return json.dumps({"watched": len(watched), "readers": whole}, indent=1)


def _readers(folder: Path, clock: Clock, peers: Sequence[str]) -> list[Reader]:
    made: list[Reader] = []
    for name in ["tuireader", *peers]:
        home = folder / name
        if home.exists():
            sys.exit(f"{home} is from an earlier run: name another folder, or delete it")
        home.mkdir(parents=True)
        made.append((Newsboat if name == "newsboat" else Tuireader)(name, home, clock))
    return made


def run(options: argparse.Namespace, folder: Path) -> None:
    """Simulate the week in a folder, and print the figures."""
    clock = Clock()
    clock.prove(folder, START)
    with Server(lambda base: week_hazards.world(options.seed, options.feeds, options.days, base)) as server:
        world, scene = server.scene.world, server.scene
        readers = _readers(folder, clock, options.peers)
        for reader in readers:
            reader.prepare(world)
        said = simulate(server, readers, quiet=options.json)
        for reader in readers:
            if isinstance(reader, Newsboat):
                reader.prove(world)
        known = world.knowable()
        made = [figures(reader, world, scene.requests, scene.peak[reader.name], known) for reader in readers]
        made[0].blocked = f"{sum(said.values())} of {len(said)}"
    print(as_json(world, made)) if options.json else report(world, made)
    if options.misses:
        for reader, each in zip(readers, made, strict=True):
            for miss in misses(reader, world, scene.requests, each):
                when = time.strftime("%a %H:%M", time.gmtime(miss.published))
                print(f"{reader.name}\t{miss.kind}\tfeed {miss.feed}\t{miss.id}\t{when}\t{miss.reason}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", default="1")
    parser.add_argument("--feeds", type=int, default=66)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--peers", nargs="*", choices=("newsboat",), default=["newsboat"])
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.add_argument("--misses", action="store_true", help="list each article that was missed")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the readers' homes here")
    options = parser.parse_args(arguments)
    kept = nullcontext(str(options.keep)) if options.keep else tempfile.TemporaryDirectory(prefix="week.")
    with kept as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        run(options, Path(folder))


if __name__ == "__main__":
    main()
