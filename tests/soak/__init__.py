"""Mixed traffic over a bad line for minutes: nothing unexpected is raised, nothing grows, every debit is owed."""
