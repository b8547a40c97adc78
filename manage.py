"""Every verb of the product: `python3 manage.py --help`. Makes .venv at the first start and runs in it."""

from __future__ import annotations

import sys

from roles import bootstrap

if __name__ == "__main__":
    bootstrap.enter(sys.argv[1:])

    from roles.verbs import app

    app()
