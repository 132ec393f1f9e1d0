"""``qcapp up``, ``serve`` and ``worker``: which processes make an installation, and how they start and stop.

up ─┬─ gunicorn with its web workers, as in serve
    └─ worker: wake-ups and periodic jobs in threads ── N × transcriber.py, one thread of the model each
"""

import os
import runpy
import sys

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext

from qcapp import pipeline
from qcapp.core import logs, web
from qcapp.core.jobs import JobQueue
from qcapp.core.supervision import UNDER_PARENT, Child, Processes, stop_signals, stop_with_parent
from qcapp.ops import migrating
from qcapp.transcripts.crew import transcribers

ADDRESS = "127.0.0.1:8000"
LOOK_EVERY_S = 0.2  # for processes that died
WORKER_GRACE_S = 25.0
UP_GRACE_S = 35.0  # more than the worker's, or its children would be cut off

bind_option = click.option(
    "--bind", default=ADDRESS, show_default=True, metavar="HOST:PORT", help="Where the pages are served."
)


@click.command()
@bind_option
@click.option("--processes", type=click.IntRange(1), default=2, show_default=True, help="Web processes.")
@click.pass_obj
def serve(program: ScriptInfo, bind: str, processes: int) -> None:
    """Serve the pages (gunicorn)."""
    with program.load_app().app_context():
        migrating.demand_ready(web.database())
        web.database().engine.dispose()  # the web processes share no connection
    sys.argv = ["gunicorn", *gunicorn_options(bind), "--workers", str(processes)]
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)  # in this process: all is imported


@click.command()
@with_appcontext
def worker() -> None:
    """Transcribe waiting calls and do all other background work, until stopped."""
    migrating.demand_ready(web.database())
    logs.configure()
    if os.environ.pop(UNDER_PARENT, None):
        stop_with_parent()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    work(app)


@click.command()
@bind_option
@with_appcontext
def up(bind: str) -> None:
    """Serve the pages and work in the background: everything for one machine."""
    logs.configure()
    migrating.upgrade_installation(web.database())
    under = {UNDER_PARENT: "1"}
    parts = Processes(
        [
            Child("web", [sys.executable, "-m", "gunicorn", *gunicorn_options(bind)], under),
            Child("worker", [sys.executable, "-m", "qcapp", "worker"], under),
        ]
    )
    click.echo(f"http://{bind}")
    keep(parts, UP_GRACE_S)


def gunicorn_options(bind: str) -> list[str]:
    """What gunicorn is told to serve the pages with."""
    return ["--config", "python:qcapp.web_server", "--bind", bind]


def keep(processes: Processes, grace_s: float) -> None:
    """Run the processes until SIGTERM or Ctrl+C, starting anew what dies."""
    with stop_signals() as stop:
        processes.start()
        try:
            while not stop.wait(LOOK_EVERY_S):
                processes.revive()
        finally:
            processes.stop(grace_s)


def work(app: Flask) -> None:
    """The worker: a consumer of wake-ups and periodic jobs beside the transcription processes."""
    queue: JobQueue = app.extensions["qcapp_jobs"]
    crew = transcribers(app.extensions["qcapp_settings"])
    pipeline.register_jobs(queue, wake_transcribers=crew.poke)
    consumer = queue.consumer()
    consumer.start()  # before `keep`, whose signal handlers replace the consumer's
    try:
        keep(crew, WORKER_GRACE_S)
    finally:
        consumer.stop(graceful=True)
