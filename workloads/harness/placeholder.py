"""Owns the stand-ins for frameworks, with which a file can be read where they are not installed."""

import importlib.util
import sys
import types

FRAMEWORKS = (
    "tensorflow",
    "keras",
    "tf_keras",
    "tensorflow_addons",
    "tensorflow_datasets",
    "tensorflow_hub",
    "tensorflow_model_optimization",
    "tensorflow_probability",
    "tensorflow_text",
    "tflite_runtime",
    "ai_edge_litert",
    "torch",
    "torchvision",
    "jax",
    "flax",
    "transformers",
    "sklearn",
    "scipy",
    "pandas",
    "h5py",
    "PIL",
    "cv2",
)
_OPERATORS = (
    "add sub mul matmul truediv floordiv mod pow lshift rshift and or xor "
    "radd rsub rmul rmatmul rtruediv rfloordiv rmod rpow rand ror rxor "
    "lt le gt ge neg pos abs invert"
)


class Placeholder(types.ModuleType):
    """Stands for a module and for everything in it; whatever is done with it goes well."""

    __version__ = "0.0.0"  # a text, because releases are compared by taking it apart

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)  # or inspect, copy and numpy take it for what it is not
        return Placeholder(f"{self.__name__}.{name}")

    def __call__(self, *arguments, **options):
        """Leave what is decorated as it is; any other call gives what was called."""
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


def _itself(self, *_operands):
    return self


for _operator in _OPERATORS.split():
    setattr(Placeholder, f"__{_operator}__", _itself)


class Finder:
    """Finds a placeholder for a framework, and only for one that nobody else found."""

    def find_spec(self, name, _path=None, _target=None):
        """Answer the import system, which asks here last."""
        root = name.partition(".")[0]
        is_ours = name == root or isinstance(sys.modules.get(root), Placeholder)
        if root not in FRAMEWORKS or not is_ours:
            return None
        return importlib.util.spec_from_loader(name, self, is_package=True)

    def create_module(self, spec):
        """Return the stand-in."""
        return Placeholder(spec.name)

    def exec_module(self, _module):
        """Do nothing: there is no code."""


def install():
    """Let frameworks that are not installed be imported, in this process only."""
    sys.meta_path.append(Finder())
