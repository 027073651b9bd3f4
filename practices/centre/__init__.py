"""What sheets bring to the notification centre, a module for each part of the room; importing them
registers them."""

from practices.centre import births, improving, trials

__all__ = ["births", "improving", "trials"]
