"""What gunicorn serves: ``gunicorn wsgi:app``."""

from qcapp import start

app = start()
