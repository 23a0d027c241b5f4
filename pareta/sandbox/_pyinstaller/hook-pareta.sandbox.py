"""PyInstaller's hook of `pareta.sandbox`: the files that it reads when it runs."""

from importlib.resources import files
from importlib.util import find_spec

_READ = {"pareta.sandbox": ("catalog.toml", "page"), "pareta_generated": ("openapi.json",)}
if find_spec("mkdocs_swagger_ui_tag"):
    _READ["mkdocs_swagger_ui_tag"] = ("swagger-ui",)

hiddenimports = list(_READ)
datas: list[tuple[str, str]] = []
for _package, _names in _READ.items():
    for _name in _names:
        _found = files(_package) / _name
        _folder = _package.replace(".", "/")
        datas.append((str(_found), f"{_folder}/{_name}" if _found.is_dir() else _folder))
