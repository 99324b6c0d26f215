"""The terminal user interface, on Textual."""
