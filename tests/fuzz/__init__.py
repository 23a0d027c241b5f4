"""Whatever is handed to the client, or sent to it: it answers with a value, a ParetaError or a ValueError."""
