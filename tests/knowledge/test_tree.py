"""The tree: nothing is lost or doubled, whatever is hidden and wherever things move."""

from hypothesis import given
from hypothesis import strategies as st

from qcapp.knowledge.tree import ArticlePlace, flat, grown, shifted, under


@st.composite
def forests(draw):
    places = []
    for key in range(1, draw(st.integers(1, 12))):
        parent = draw(st.sampled_from([None, *(place.id for place in places)]))
        places.append(ArticlePlace(key, parent, draw(st.integers(0, 5))))
    return places


@given(forests(), st.data())
def test_everything_shown_is_in_the_tree_once(places, data):
    shown = data.draw(st.sets(st.sampled_from([place.id for place in places]))) if places else set()
    listed = [key for _depth, key in flat(grown(places, shown))]
    assert sorted(listed) == sorted(shown)


@given(forests())
def test_a_child_stands_right_below_its_parent_and_in_order(places):
    tree = list(flat(grown(places, {place.id for place in places})))
    depth = {key: level for level, key in tree}
    order = [key for _level, key in tree]
    for place in places:
        if place.parent_id is not None:
            assert depth[place.id] == depth[place.parent_id] + 1
            assert order.index(place.id) > order.index(place.parent_id)
        for other in places:
            if place.parent_id == other.parent_id and place.position < other.position:
                assert order.index(place.id) < order.index(other.id)


def test_what_hangs_below_something_hidden_takes_its_place():
    places = [
        ArticlePlace(1, None, 0),
        ArticlePlace(2, 1, 0),
        ArticlePlace(3, 2, 0),
        ArticlePlace(4, None, 1),
    ]
    assert list(flat(grown(places, {1, 3, 4}))) == [(0, 1), (1, 3), (0, 4)]
    assert list(flat(grown(places, {3, 4}))) == [(0, 3), (0, 4)]


def test_all_that_hangs_below():
    places = [
        ArticlePlace(1, None, 0),
        ArticlePlace(2, 1, 0),
        ArticlePlace(3, 2, 0),
        ArticlePlace(4, None, 1),
    ]
    assert under(places, 1) == {1, 2, 3}
    assert under(places, 4) == {4}


def test_one_place_up_or_down_and_no_further():
    assert shifted([1, 2, 3], 2, -1) == [2, 1, 3]
    assert shifted([1, 2, 3], 2, 1) == [1, 3, 2]
    assert shifted([1, 2, 3], 1, -1) == [1, 2, 3]
    assert shifted([1, 2, 3], 3, 1) == [1, 2, 3]
