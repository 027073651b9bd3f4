"""The mails of improvements: proposed, answered."""
