"""Of a package of a cloud's SDK only the files that are asked for.

The SDK imports each package as a whole: 183 files and 27 MiB of pulumi_aws.ec2, of which a stack
needs a dozen files.
"""

import importlib
import pkgutil
import types
from typing import Any


class _Package(types.ModuleType):
    """A package that imports the file of a name when the name is asked for.

    A name that has no file of its own makes it import all of them, as it would have before.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        files = self.__dict__.get("_files")
        if files is None:
            files = {_plain(one.name): one.name for one in pkgutil.iter_modules(self.__path__)}
            self.__dict__["_files"] = files
        if (file := files.get(_plain(name))) is not None:
            found = importlib.import_module(f"{self.__name__}.{file}")
            if hasattr(found, name):
                # A function has the name of its file, and takes its place.
                value = self.__dict__[name] = getattr(found, name)
                return value
            if file == name:  # the file itself is meant, which the caller now finds
                raise AttributeError(name)
        if "_whole" not in self.__dict__:
            self.__dict__["_whole"] = True
            assert self.__spec__ is not None
            assert self.__spec__.loader is not None
            self.__spec__.loader.exec_module(self)
            return getattr(self, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def _plain(name: str) -> str:
    """LaunchTemplate is in launch_template."""
    return name.replace("_", "").lower()


def narrow(sdk: types.ModuleType) -> None:
    """Let the packages of an SDK import what is asked for, as far as none has been imported yet.

    Arguments:
        sdk: such as pulumi_aws, whose packages are modules that import themselves late.
    """
    for package in list(vars(sdk).values()):
        # What has been imported is of the plain type. Of a module that has not, any attribute that
        # is asked for in the usual way imports it.
        if not isinstance(package, types.ModuleType) or type(package) is types.ModuleType:
            continue
        spec = object.__getattribute__(package, "__dict__")["__spec__"]
        spec.loader = getattr(spec.loader, "loader", spec.loader)
        object.__setattr__(package, "__class__", _Package)
