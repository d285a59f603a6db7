"""Owns the stand-ins with which a file can be read where what it imports is not installed."""

import importlib.util
import os
import sys
import types

_OPERATORS = (
    "add sub mul matmul truediv floordiv mod pow lshift rshift and or xor "
    "radd rsub rmul rmatmul rtruediv rfloordiv rmod rpow rand ror rxor "
    "lt le gt ge neg pos abs invert"
)


class Placeholder(types.ModuleType):
    """Stands for a module and for everything in it; whatever is done with it goes well."""

    __version__ = "0.0.0"  # a text, because releases are compared by taking it apart

    def __getattr__(self, name):
        if name.startswith("__") and name != "__internal__":  # a part of TensorFlow
            raise AttributeError(name)  # or inspect, copy and numpy take it for what it is not
        return Placeholder(f"{self.__name__}.{name}")

    def __call__(self, *arguments, **options):
        """Leave what is decorated as it is; any other call gives what was called."""
        if _is_class_statement(arguments):  # of which this is the metaclass
            return type(*arguments)
        decorated = arguments[0] if len(arguments) == 1 and not options else None
        if isinstance(decorated, (types.FunctionType, type)):
            return decorated
        return self

    def __mro_entries__(self, _bases):
        return ()

    def __instancecheck__(self, _value):
        return False

    def __subclasscheck__(self, _value):
        return False

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        return None

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __bool__(self):
        return True

    def __index__(self):
        return 0

    def __int__(self):
        return 0

    def __float__(self):
        return 0.0

    def __getitem__(self, _key):
        return self

    def __setitem__(self, _key, _value):
        pass

    def __repr__(self):
        return self.__name__

    def __format__(self, _specification):
        return self.__name__


def _is_class_statement(arguments):
    return len(arguments) == 3 and isinstance(arguments[2], dict) and "__module__" in arguments[2]  # noqa: PLR2004


def derives(cls):
    """Tell whether a class has, somewhere above, a base that was not there to be imported."""
    bases = [base for each in cls.__mro__ for base in vars(each).get("__orig_bases__", ())]
    return any(isinstance(base, Placeholder) for base in bases)


def _itself(self, *_operands):
    return self


for _operator in _OPERATORS.split():
    setattr(Placeholder, f"__{_operator}__", _itself)


class Finder:
    """Finds a placeholder for what a workload file imports and nobody else found."""

    def __init__(self, folders):
        self._folders = folders

    def find_spec(self, name, _path=None, _target=None):
        """Answer the import system, which asks here last."""
        root = name.partition(".")[0]
        if root != name:
            is_ours = isinstance(sys.modules.get(root), Placeholder)
        else:
            # Shared code (_name.py) is there or mistyped; a library that tries to import
            # another one must not be told that it is there.
            is_ours = not name.startswith("_") and _importing_folder() in self._folders
        return importlib.util.spec_from_loader(name, self, is_package=True) if is_ours else None

    def create_module(self, spec):
        """Return the stand-in."""
        return Placeholder(spec.name)

    def exec_module(self, _module):
        """Do nothing: there is no code."""


def _importing_folder():
    """Return the folder of the file whose import statement is being carried out."""
    frame = sys._getframe(1)  # noqa: SLF001  # the import system does not say who asks
    while frame is not None:
        file = frame.f_code.co_filename
        if file != __file__ and "importlib" not in file:
            return os.path.dirname(os.path.abspath(file))
        frame = frame.f_back
    return None


def install(files):
    """Let `files`, and shared code beside them, import what is not installed; this process only."""
    sys.meta_path.append(Finder({os.path.dirname(os.path.abspath(file)) for file in files}))
