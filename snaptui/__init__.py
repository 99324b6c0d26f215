"""snaptui: the snapshots of your Discloud apps, in a terminal."""

__version__ = "0.1.0"
