"""The mails of the room, a module for each part of it; importing them registers them."""

from practices.mail import births, improving, life, trials

__all__ = ["births", "improving", "life", "trials"]
