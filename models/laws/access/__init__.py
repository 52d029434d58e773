"""Who may do what: policies of statements, decided as AWS decides within one account."""
