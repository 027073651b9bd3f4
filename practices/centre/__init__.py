"""What sheets bring to the notification centre, a module for each part of the room; importing them
registers them."""

from practices.centre import bearing, births, trials

__all__ = ["bearing", "births", "trials"]
