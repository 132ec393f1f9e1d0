"""``python -m qcapp …``: the same as ``qcapp …``; how the product starts processes of its own."""

from qcapp.cli import main

main()
