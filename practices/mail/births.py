"""The mails of sheets born of a thread: consents asked, and answered."""
