"""Every number of the results leads to exactly the reviews it counts, with the period and the filters kept."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from qcapp.reports import behind
from qcapp.reviews.models import Review
from qcapp.terms import CallOutcome, LeadSource, Stage
from tests.reports.published import FAIR, GOOD, NOVEMBER, RUDE

LINK = re.compile(r'<a class="n" href="([^"]+)">\s*(?:n = )?(\d+)')
NA = {**GOOD, "hello": "na", "name": "na"}


@pytest.fixture
def month(people, nina, reviewed):
    """Leads, stages, outcomes and critical errors of two managers, and what lies outside the month."""
    reviewed(people.max, GOOD, FAIR, FAIR, RUDE, NA, outcome=CallOutcome.THINKING)
    reviewed(people.max, GOOD, outcome=CallOutcome.SALE)
    reviewed(people.max, RUDE, GOOD, GOOD, FAIR, GOOD, lead=LeadSource.COLD)
    reviewed(people.max, FAIR, FAIR, lead=None)
    reviewed(nina, RUDE, GOOD, GOOD, FAIR, GOOD, NA, stage=Stage.COLD_PRACTICE)
    reviewed(nina, GOOD, stage=Stage.STAFF)
    reviewed(people.sveta, *[FAIR] * 5)
    reviewed(people.max, GOOD, at=NOVEMBER - timedelta(days=40))


def links(page: str) -> list[tuple[str, int]]:
    return [(unescape(address), int(n)) for address, n in LINK.findall(page)]


def shown(page: str) -> int:
    return int(re.search(r'class="lead">\s*(\d+) review', page)[1])


@pytest.mark.parametrize("who", ["olga", "roman", "max", "kira"])
@pytest.mark.parametrize(
    "filters", ["", "?period=this_quarter&stage=staff", "?lead=hot", "?since=2026-11-01&until=2026-11-12"]
)
def test_every_number_counts_what_it_leads_to(people, month, login, who, filters):
    client = login(getattr(people, who))
    start = client.get(f"/results{filters}", follow_redirects=True)
    pages = {
        start.request.path + filters,
        f"/results/items{filters}",
        f"/results/managers/{people.max.id}{filters}",
    }
    followed = {}
    for page in pages:
        if (answer := client.get(page)).status_code == 200:
            followed |= dict(links(answer.text))
    for address, n in followed.items():
        page = client.get(address).text
        rows = page.count('<th scope="row"')
        if address.startswith("/results/reviews"):
            assert (shown(page), rows) == (n, n), address
        else:
            assert rows == n, address  # bad answers for one reason
    assert len(followed) > 10 or who == "kira"


def test_the_next_page_goes_on_where_this_one_ends(people, month, login, monkeypatch):
    monkeypatch.setattr(behind, "PAGE", 4)
    monkeypatch.setattr("qcapp.reports.views.PAGE", 4)
    client, address, seen = login(people.olga), "/results/reviews?lead=cold", []
    while address:
        page = client.get(address).text
        seen += re.findall(r'href="/reviews/(\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following and unescape(following[1])
    assert len(seen) == len(set(seen)) == 5


def test_what_a_reviewer_does_not_see_yet_is_counted_and_said(session, people, month, login):
    rude = select(Review).where(Review.manager_id == people.max.id, Review.score == 0).order_by(Review.id)
    review = session.scalars(rude).first()
    common = {"checklist": review.checklist, "version": review.version, "sections": {}}
    own = Review(call=review.call, reviewer=people.lidia, created_at=NOVEMBER, updated_at=NOVEMBER, **common)
    session.add(own)
    session.commit()
    page = login(people.lidia).get("/results/reviews?lead=hot&only=critical").text
    assert "1 of them opens when you have published" in page
    assert f'href="/reviews/{review.id}"' not in page


@pytest.mark.parametrize(
    "args",
    ["manager=1&role=king", "only=best", "start=-5", "start=x", "section=none", "manager=x", "item=hello"],
)
def test_an_odd_address_is_no_fault(people, month, login, args):
    assert login(people.olga).get(f"/results/reviews?{args}").status_code == 200


def test_nobody_gets_by_it_to_reviews_of_others(people, month, login):
    assert login(people.roman).get(f"/results/reviews?manager={people.sveta.id}").status_code == 403
    assert shown(login(people.oleg).get("/results/reviews").text) == 5
    assert login(people.hanna).get("/results/reviews").status_code == 403
