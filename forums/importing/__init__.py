"""Archives of mailing lists, brought in as threads: `manage.py import_mbox`."""
