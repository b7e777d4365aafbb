"""What the HDF5 library sees in files. Runs under a Python that has h5py, and nothing of ours.

    see_hdf5.py FOLDER    prints {file name: [what, …]}: the id of the rule that should say so, for links to other
                          files, data elsewhere and the like; "opened" where the library opened the file at all,
                          "crashed" where it did not survive that
"""

import json
import os
import signal
import sys

import h5py

MOST = 2000  # objects of a file
KNOWN = {1, 2, 3, 4, 5, 6, 305, 307, 32000, 32001, 32004, 32008, 32013, 32015, 32017, 32026}


def attempt(function):
    """Nothing where the library refuses."""
    try:
        return function()
    except Exception:  # whatever it says
        return None


def has_lambda(value):
    if isinstance(value, dict):
        return value.get("class_name") == "Lambda" or any(map(has_lambda, value.values()))
    return isinstance(value, list) and any(map(has_lambda, value))


def see(path):
    found, seen, todo = set(), set(), []
    file = attempt(lambda: h5py.File(path, "r"))
    if file is None:
        return found
    found.add("opened")
    todo.append(file)
    while todo and len(seen) < MOST:
        it = todo.pop()
        for name in attempt(lambda: list(it.attrs)) or ():
            value = attempt(lambda: it.attrs[name])
            text = value if isinstance(value, str) else attempt(lambda: value.decode())
            if isinstance(text, str) and has_lambda(attempt(lambda: json.loads(text))):
                found.add("KER-001")
        if isinstance(it, h5py.Dataset):
            if attempt(lambda: it.external):
                found.add("KER-009")
            if attempt(lambda: it.is_virtual):
                found.add("KER-010")
            plist = attempt(lambda: it.id.get_create_plist())
            for index in range(attempt(lambda: plist.get_nfilters()) or 0):
                if (attempt(lambda: plist.get_filter(index)) or [1])[0] not in KNOWN:
                    found.add("KER-011")
        for name in (attempt(lambda: list(it)) or ()) if isinstance(it, h5py.Group) else ():
            kind = attempt(lambda: it.id.links.get_info(os.fsencode(name)).type)
            if kind == h5py.h5l.TYPE_EXTERNAL:
                found.add("KER-008")
            elif kind == h5py.h5l.TYPE_SOFT:
                found.add("KER-015")
            elif kind is not None and kind > h5py.h5l.TYPE_EXTERNAL:
                found.add("KER-012")
            elif kind == h5py.h5l.TYPE_HARD:
                child = attempt(lambda: it[name])
                where = child is not None and attempt(lambda: h5py.h5o.get_info(child.id).addr)
                if child is not None and where not in seen:
                    seen.add(where)
                    todo.append(child)
    return found


def in_a_child(path):
    """Broken files crash the library, or keep it busy for ever."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        os.write(write, json.dumps(sorted(see(path))).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else ["crashed"]


print(json.dumps({name: in_a_child(os.path.join(sys.argv[1], name)) for name in sorted(os.listdir(sys.argv[1]))}))
