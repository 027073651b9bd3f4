"""Django 5.2 forgets to escape the letter h, which it then reads as the twelve-hour clock:
its `fr_CA` writes "13 01 40" for 13 h 40. The admin, which uses these, shows true hours here."""

TIME_FORMAT = "G\xa0\\h\xa0i"
DATETIME_FORMAT = "j F Y, G\xa0\\h\xa0i"
SHORT_DATETIME_FORMAT = "Y-m-d G\xa0\\h\xa0i"
