"""Why a file could not be read, by names that `library.extraction.errors` turns to sentences."""


class Trouble(Exception):
    """The family; the name of the class is the answer."""


class Encrypted(Trouble):
    """A password is needed."""


class Broken(Trouble):
    """Damaged, or not what it says."""


class TooBig(Trouble):
    """Once opened, it takes too much memory."""


class Doctype(Trouble):
    """Its XML holds declarations, which may include files or grow without end."""


class NoSuchPage(Trouble):
    """It has fewer pages."""


class NoPicture(Trouble):
    """Files of this type are not drawn."""
