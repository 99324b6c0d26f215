"""An archive host that fails by script over real sockets, and the campaigns against it."""
