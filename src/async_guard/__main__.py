"""``python -m async_guard``: the same as the ``async-guard`` command."""

import os
import sys

if __name__ == "__main__":
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.path[0] in ("", os.getcwd()) and os.getcwd() != home:
        # ``-m`` puts the working directory there: what is judged must never be imported, though it may be called ``logging``.
        del sys.path[0]

    from async_guard.frontends.start import main

    main()
