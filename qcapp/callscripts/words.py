"""What blocks and states of scripts are called, and what each block is for."""

from qcapp.callscripts.blocks import Block, DraftState
from qcapp.core.i18n import lazy

BLOCKS = {
    Block.PREPARATION: lazy("Preparation"),
    Block.GREETING: lazy("Greeting"),
    Block.GOAL: lazy("Goal of the call"),
    Block.NEEDS: lazy("Needs"),
    Block.PRESENTATION: lazy("Presentation"),
    Block.OBJECTIONS: lazy("Objections"),
    Block.CLOSING: lazy("Closing"),
}
PURPOSES = {
    Block.PREPARATION: lazy("What to know, to open and to decide before dialling."),
    Block.GREETING: lazy(
        "Hello, name, company; whether it is a good time to talk; that the call is recorded."
    ),
    Block.GOAL: lazy("Why you call and what you want from this talk, in one breath."),
    Block.NEEDS: lazy("The questions you ask, in the order in which you ask them."),
    Block.PRESENTATION: lazy("What the client gains, in the client’s own words, not a list of properties."),
    Block.OBJECTIONS: lazy("What clients say against it, and your one answer to each."),
    Block.CLOSING: lazy("The next step with its day, and what was agreed, said aloud once more."),
}
STATES = {
    DraftState.WRITING: lazy("being written"),
    DraftState.SUBMITTED: lazy("waits for a decision"),
    DraftState.RETURNED: lazy("returned"),
    DraftState.APPROVED: lazy("approved"),
}
TONES = {
    DraftState.WRITING: "",
    DraftState.SUBMITTED: "warn",
    DraftState.RETURNED: "bad",
    DraftState.APPROVED: "good",
}
