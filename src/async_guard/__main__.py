"""``python -m async_guard``: the same as the ``async-guard`` command."""

from async_guard.frontends.start import main

if __name__ == "__main__":
    main()
