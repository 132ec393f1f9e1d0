"""What forms complain of is in the reader's language, whichever class a form is made of."""

import pytest
import wtforms
from flask import Flask
from wtforms.validators import InputRequired

from qcapp.core.forms import Form, PageForm


class Named(Form):
    name = wtforms.StringField(validators=[InputRequired()])


def _made_of(cls: type) -> set[type]:
    return {cls}.union(*(_made_of(each) for each in cls.__subclasses__()))


def test_complaints_are_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        form = Named()
        assert not form.validate()
        assert form.errors == {"name": ["Обязательное поле."]}


@pytest.mark.usefixtures("app")  # with which every form of the product is imported
def test_every_form_of_the_product_complains_in_the_readers_language() -> None:
    ours = {each for each in _made_of(wtforms.Form) if each.__module__.startswith("qcapp.")}
    assert ours
    assert [each.__name__ for each in ours if not issubclass(each, PageForm | Form)] == []
