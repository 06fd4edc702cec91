"""The books under a seeded storm, with an auditor that predicts every answer."""
