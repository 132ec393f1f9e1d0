"""What gunicorn serves: ``gunicorn wsgi:app``."""

from qcapp import create_app

app = create_app()
