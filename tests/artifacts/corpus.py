"""Cases of model files: how each is made, and what `gatehouse scan` must say of it."""

import dataclasses
import typing

VERDICTS = ("clean", "findings", "inconclusive", "unsupported", "excluded")


@dataclasses.dataclass(frozen=True)
class Case:
    id: str  # "stf/duplicate_name": the area, then the behaviour
    make: typing.Callable[[], "bytes | dict[str, bytes]"]
    name: str  # of the file, when `make` gives bytes
    verdict: str  # the worst of the case's files
    rules: frozenset[str]  # exactly these ids, notes included
    arguments: tuple[str, ...]  # of `scan`, beyond the path
    covers: str  # the numbered rule or the public story it comes from
    gap: str = ""  # why the scan says something else today


CASES: list[Case] = []


def case(id: str, *, verdict: str, rules: typing.Iterable[str] = (), name: str = "model.pkl",
         arguments: typing.Iterable[str] = (), covers: str = "", gap: str = ""):
    """Registers the function below: it returns the file's bytes, or {relative path: bytes}."""
    assert verdict in VERDICTS, verdict
    assert id not in {known.id for known in CASES}, f"two cases are named {id}"

    def register(make):
        CASES.append(Case(id, make, name, verdict, frozenset(rules), tuple(arguments), covers, gap))
        return make

    return register


def told(id, content, verdict="findings", rules=(), **more):
    """A case whose content is cheap enough to make at once."""
    case(id, verdict=verdict, rules=rules, **more)(lambda: content)
