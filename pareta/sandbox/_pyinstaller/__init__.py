"""What PyInstaller needs to bundle the sandbox. It finds this by an entry point, `pyinstaller40`."""

from importlib.resources import files


def hook_dirs() -> list[str]:
    """Return the folder of the hooks."""
    return [str(files(__name__))]
