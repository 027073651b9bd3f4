"""Corrections to Django's own formats, by language (`FORMAT_MODULE_PATH`)."""
