"""Widgets: domain objects in, domain messages out."""
