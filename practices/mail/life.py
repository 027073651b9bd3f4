"""The mails of the life of a sheet: submitted, decided, to be reviewed."""
