"""What scripts share that write files by the libraries themselves: each library has a folder of its own."""

import importlib
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
MADE, MISSING, VERSIONS = {}, {}, {}
FOLDER = os.path.abspath(sys.argv[1])


def library(*names):
    """Runs the function below in a folder of its own, if the modules are there."""
    def decorate(make):
        try:
            modules = [importlib.import_module(name) for name in names]
        except ImportError as error:
            MISSING[names[0]] = str(error)
            return make
        VERSIONS[names[0]] = getattr(modules[0], "__version__", "?")
        here = os.getcwd()
        os.makedirs(make.__name__, exist_ok=True)
        os.chdir(make.__name__)
        try:
            make(*modules)
        except ImportError as error:  # a part of it that is not there
            MISSING[names[0]] = str(error).splitlines()[0]
        finally:
            os.chdir(here)
        return make
    return decorate


def made(path, verdict="clean"):
    MADE[os.path.relpath(path, FOLDER)] = verdict


def begin():
    os.makedirs(FOLDER, exist_ok=True)
    os.chdir(FOLDER)


def end():
    print(json.dumps({"made": MADE, "missing": MISSING, "versions": VERSIONS}))
