"""The start page of a coach: what waits for the training, late tasks, sessions nobody has read."""

from flask import render_template

from qcapp.coaching import queries as coaching
from qcapp.core import local
from qcapp.core.web import db
from qcapp.onboarding.home.training import to_train
from qcapp.people.models import User
from qcapp.reviews import queries as reviews

READ = 5  # published reviews that are shown


def page(coach: User) -> str:
    """The page behind the product's address."""
    today = local.today()
    return render_template(
        "home/coach.html",
        waiting=to_train(db(), coach),
        late=coaching.overdue_tasks(db(), coach, today),
        unread=coaching.unread_talks_of(db(), coach),
        latest=reviews.published(db(), coach, size=READ),
        today=today,
    )
