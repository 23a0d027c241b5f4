"""Source of the modules that every generated package contains as copies."""
