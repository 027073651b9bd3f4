"""The mails of trials: “have you tried it?”, told, evidence that expired."""
