"""The programs that scan the same files."""

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    program: str  # below its virtual environment
    arguments: tuple
    reads: frozenset  # of files.FILES; others it says nothing about

    def command(self, folder, path):
        return [str(Path(folder) / f"v-{self.name}" / "bin" / self.program), *self.arguments, str(path)]

    def installed(self, folder):
        return folder is not None and (Path(folder) / f"v-{self.name}" / "bin" / self.program).exists()


PICKLES = frozenset({"pickle", "zip", "billion-laughs"})
PEERS = (
    Peer("picklescan", "picklescan", ("-p",), PICKLES),
    Peer("modelscan", "modelscan", ("scan", "-p"), PICKLES),
    Peer("fickling", "fickling", ("--check-safety",), PICKLES - {"zip"}),
    Peer("modelaudit", "modelaudit", ("scan", "--format", "json"),
         PICKLES | {"safetensors", "entries", "keys", "nested"}),
)
