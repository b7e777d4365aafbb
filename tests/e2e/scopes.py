"""Where in a policy a limit may stand."""

import wire

MODEL = """  - name: capped
    served_as: served
    upstream: up
    max_model_len: 8192
    endpoints: [chat]
    limits: { LIMIT }"""
# Where a rule may stand: settings of the gateway, and which model is asked for.
SCOPES = {
    "key": (dict(tenants="  - { name: alpha, models: [m], limits: { per_key: { LIMIT } } }"), "m"),
    "tenant": (dict(tenants="  - { name: alpha, models: [m], limits: { LIMIT } }"), "m"),
    "user": (dict(tenants="  - { name: alpha, models: [m], limits: { per_user: { LIMIT } } }"),
             "m"),
    "global": (dict(more="limits: { LIMIT }\nworkers: 2"), "m"),
    "model": (dict(models=MODEL, tenants="  - { name: alpha, models: [m, capped] }"), "capped"),
    "model-key": (dict(models=MODEL.replace("LIMIT", "per_key: { LIMIT }"),
                       tenants="  - { name: alpha, models: [m, capped] }"), "capped"),
    "model-user": (dict(models=MODEL.replace("LIMIT", "per_user: { LIMIT }"),
                        tenants="  - { name: alpha, models: [m, capped] }"), "capped"),
    "global-key": (dict(more="limits: { per_key: { LIMIT } }\nworkers: 2"), "m"),
    "global-user": (dict(more="limits: { per_user: { LIMIT } }\nworkers: 2"), "m"),
    "defaults": (dict(limits="LIMIT"), "m"),
    "ip": (dict(listen="    limits: { per_ip: { LIMIT } }"), "m"),
}


# Whose `/v1/models` in `key_for` was a request under the limit.
ASKED_BEFORE = ("user", "global-user")


def settings(scope, limit):
    """The gateway's settings with that rule in that place, two workers."""
    out, model = SCOPES[scope]
    out = {key: text.replace("LIMIT", limit) for key, text in out.items()}
    out.setdefault("more", "workers: 2")
    return out, model


def key_for(gate, scope):
    """A key in force, of a user where the limit is one of users; `/v1/models` makes sure of it,
    and is one more request of that user's."""
    if not scope.endswith("user"):
        return gate.key
    key = gate.create_key("alpha", "u", "--user", "ann")
    assert wire.wait_for(lambda: gate.call("/v1/models", key=key).status == 200)
    return key
