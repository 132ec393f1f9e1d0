"""``qcapp …``: every command of the product, one line each; the commands live with their features."""

from typing import Any

import click
from flask.cli import ScriptInfo

from qcapp import create_app
from qcapp.calls.import_cli import import_command
from qcapp.checklists.cli import checklists_commands
from qcapp.core.errors import Refused
from qcapp.demo.command import demo
from qcapp.ops.cli import backup_command, db_commands, restore_command, seed_command
from qcapp.people.cli import audit_commands, user_commands
from qcapp.running import serve, up, worker
from qcapp.transcripts.queue_cli import transcribe, transcript


class Commands(click.Group):
    """A refusal is a sentence on standard error and exit status 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            raise click.ClickException("\n".join(refusal.reasons)) from refusal


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Call quality control and coaching for sales departments."""
    ctx.obj = ScriptInfo(create_app=create_app)  # read by @with_appcontext: the application is made only if needed


for command in (
    demo,
    up,
    serve,
    worker,
    db_commands,
    user_commands,
    audit_commands,
    checklists_commands,
    import_command,
    transcribe,
    transcript,
    backup_command,
    restore_command,
    seed_command,
):
    main.add_command(command)
