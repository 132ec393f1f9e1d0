"""``qcapp …``: every command of the product, one line each; the commands live with their features."""

import os
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo

from qcapp import start
from qcapp.calls.import_cli import import_command
from qcapp.checklists.cli import checklists_commands
from qcapp.core import process
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.web import database, storage
from qcapp.demo.command import demo
from qcapp.knowledge.cli import knowledge_commands
from qcapp.onboarding.program.cli import program_commands
from qcapp.ops import migrating
from qcapp.ops.audit_cli import audit_commands
from qcapp.ops.cli import backup_command, db_commands, restore_command, seed_command
from qcapp.ops.files.cli import verify_command
from qcapp.ops.move.cli import move_command
from qcapp.people.cli import user_commands
from qcapp.privacy.cli import erase_command
from qcapp.running import serve, up, worker
from qcapp.transcripts.engine_cli import evaluate, transcribe_file
from qcapp.transcripts.queue_cli import transcribe, transcript


class _Later(click.ClickException):
    exit_code = os.EX_TEMPFAIL


class Commands(click.Group):
    """A refusal is a sentence on standard error and exit status 1, never a traceback.

    Where the command can be repeated later as it is, the status is 75 (EX_TEMPFAIL) and the cause is told as well.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            raise click.ClickException("\n".join(refusal.reasons)) from refusal
        except Unavailable as fault:
            cause = f" ({fault.__cause__})" if fault.__cause__ else ""
            raise _Later(f"{fault}{cause}") from fault


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Call quality control and coaching for sales departments."""
    process.begin()
    ctx.obj = ScriptInfo(
        create_app=_installed
    )  # read by @with_appcontext: made only by commands that need it


def _installed() -> Flask:
    """The application on a database that has its tables: an empty one gets them, an older one is left to its owner."""
    app = start()
    with app.app_context():
        migrating.set_up(database(), storage())
    return app


for command in (
    demo,
    up,
    serve,
    worker,
    db_commands,
    user_commands,
    audit_commands,
    checklists_commands,
    knowledge_commands,
    program_commands,
    import_command,
    transcribe,
    transcript,
    transcribe_file,
    evaluate,
    backup_command,
    restore_command,
    erase_command,
    verify_command,
    move_command,
    seed_command,
):
    main.add_command(command)
