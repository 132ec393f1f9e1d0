"""The filters of the board and of cohorts: GET forms whose state is the URL."""

from collections.abc import Sequence

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from qcapp.core.forms import PageForm, choices_of, options
from qcapp.core.i18n import _, label, lazy
from qcapp.core.periods import Unit
from qcapp.onboarding.board.queries import BoardFilter, BoardSort, Together
from qcapp.onboarding.program.plan import WAY
from qcapp.people.models import Team
from qcapp.terms import Stage

GONE = "gone"


class CohortForm(PageForm):
    """Who counts together. What is not understood is not applied."""

    class Meta:
        csrf = False  # a GET form changes nothing

    stage = SelectField(
        lazy("Counted from"),
        choices=options([("", lazy("the first day")), *((stage, label(stage)) for stage in WAY[1:])]),
        default="",
    )
    unit = SelectField(
        lazy("Together"),
        choices=options([(Unit.WEEK.value, lazy("by week")), (Unit.MONTH.value, lazy("by month"))]),
        default=Unit.WEEK.value,
    )

    def wanted(self) -> Together:
        """What the fields say; call ``validate`` first."""
        stage = self.stage.data if not self.stage.errors else ""
        unit = self.unit.data if not self.unit.errors else Unit.WEEK.value
        return Together(unit=Unit(unit), stage=Stage(stage) if stage else None)


class BoardForm(PageForm):
    """What is not understood is not applied."""

    class Meta:
        csrf = False  # a GET form changes nothing

    stage = SelectField(
        lazy("Stage"),
        choices=[
            SelectChoice("", lazy("on the way")),
            *choices_of(Stage),
            SelectChoice(GONE, lazy("left the department")),
        ],
        default="",
    )
    team = SelectField(lazy("Team"), default="")
    sort = SelectField(
        lazy("Order"),
        choices=options(
            [
                (BoardSort.TO_DECIDE.value, lazy("what is to be decided")),
                (BoardSort.DAYS.value, lazy("longest in the stage")),
                (BoardSort.WAITING.value, lazy("longest waiting")),
            ]
        ),
        default="",
    )

    def offer(self, teams: Sequence[Team]) -> None:
        """What to choose from."""
        self.team.choices = [SelectChoice("", _("any")), *options((team.id, team.name) for team in teams)]

    @property
    def is_active(self) -> bool:
        return bool(self.stage.data or self.team.data)

    def wanted(self) -> BoardFilter:
        """The trainees the fields describe; call ``validate`` first."""
        stage = self.stage.data if not self.stage.errors else ""
        team = self.team.data if not self.team.errors else ""
        return BoardFilter(
            team_id=int(team) if team else None,
            stage=Stage(stage) if stage and stage != GONE else None,
            gone=stage == GONE,
            sort=BoardSort(self.sort.data) if not self.sort.errors else BoardSort.TO_DECIDE,
        )
