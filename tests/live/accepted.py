"""What the gateway accepts, a real vLLM takes: the accepted cases of tests/cases/request, as they
go upstream, among them the ends of every range and every word and flag."""

import collections
import json
import re

import cases

SALT = "A" * 43
VERSION = "0.32.0"  # of requirements.txt
TEXT = {"chat": "/v1/chat/completions", "completions": "/v1/completions"}
EMBEDDINGS = {"embeddings": "/v1/embeddings"}
# What this server cannot show: its model reads text alone, and what it makes grammars with knows not
# all keywords of schemas (`dependencies`, `dependentRequired`), which is its 400 to give.
LEFT_OUT = re.compile(r"media_|schema_every_keyword$|schema_ref_paths$")


def accepted(targets):
    """(name, target, body) of each case that reaches a vLLM of this version on one of `targets`."""
    for path in sorted((cases.ROOT / "request").glob("*.case")):
        header, named = cases.sections(path)
        settings = dict(line.split(": ", 1) for line in header if re.match(r"\w+: ", line))
        if (settings["version"] != VERSION or settings["endpoint"] not in targets
                or "upstream" not in named or LEFT_OUT.match(path.stem)):
            continue
        body = "\n".join(named["upstream"]).strip("\n").replace('"model":"served"', '"model":"tiny"')
        body = body.replace('"cache_salt":"SALT"', f'"cache_salt":"{SALT}"')
        if "min_tokens" not in body:  # how long the answer is is no subject of the others
            body = re.sub(r'"max_tokens":\d+', '"max_tokens":4', body)
        yield path.stem, targets[settings["endpoint"]], body


def fault(status, text):
    """Why an answer is none, or None. Of a stream the error is an event."""
    events = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
    told = json.loads(events[0]) if events else json.loads(text)
    if status == 200 and "error" not in told:
        return None
    return f"{status} {told.get('error', told)}"


def replay_accepted(rows, ask_vllm, targets):
    groups = collections.defaultdict(list)
    for name, target, body in accepted(targets):
        groups[name.split("_")[0]].append((name, fault(*ask_vllm(target, body))))
    for group, outcomes in groups.items():
        refused = [f"{name}: {why}" for name, why in outcomes if why]
        for line in refused:
            print(f"      {line}")
        rows.row(f"what the gateway accepts: {group}_*", f"{len(outcomes)} taken by vLLM",
                 f"{len(outcomes) - len(refused)} taken", not refused)
