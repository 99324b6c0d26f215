"""Run snaptui as ``python -m snaptui``."""

from snaptui.cli import main

if __name__ == "__main__":
    main()
