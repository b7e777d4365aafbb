"""Bases that adapters name, ranks and alphas by pattern, and tokens that are special in one file only: cases written
from the rules alone.

Whoever wrote them had not read the scanner.
"""

import severity
from cases_blind_documents import AB, ADAPTER, CONFIG, Q, added, model, tokenizer, weights
from cases_blind_headers import text
from corpus import case


def told(id, make, *rules, arguments=()):
    case("blind/r/" + id, verdict=severity.verdict(rules), rules=rules, arguments=arguments, covers=id)(lambda: make)


def adapter(id, changes, *rules, tensors=None, arguments=(), more=None):
    told(id, {"adapter_config.json": text(ADAPTER | changes), "adapter_model.safetensors": tensors or weights(Q), **(more or {})},
         *rules, arguments=arguments)


# --- the base that an adapter names -----------------------------------------------------------------

def base(id, name, *rules):
    adapter("base_" + id, {"base_model_name_or_path": name}, *rules)


for id, name in (("of_the_hub", "meta-llama/Llama-3.1-8B-Instruct"), ("without_an_owner", "gpt2"), ("with_dots", "org/model-1.5B_v2.0"),
                 ("none", None)):
    base(id, name)
for id, name in (("in_home", "/home/user/models/llama"), ("in_root", "/root/autodl-tmp/llama"), ("on_a_mount", "/mnt/nfs/llama/"),
                 ("in_content", "/content/drive/MyDrive/llama"), ("at_kaggle", "/kaggle/input/llama/1"), ("on_windows", "C:\\models\\llama"),
                 ("on_windows_with_slashes", "D:/models/llama"), ("in_data", "/data/models/Qwen2.5-7B-Instruct")):
    base(id, name, "CFG-214")
base("at_an_address", "https://example.org/models/llama", "CFG-205")
base("at_an_address_without_s", "http://10.0.0.1/llama", "CFG-205")
base("twice_on_this_machine", "/home/user/llama", "CFG-214")
told("model_from_a_path", {"config.json": text(CONFIG | {"_name_or_path": "/home/user/models/llama"})}, "CFG-204")
told("model_from_windows", {"config.json": text(CONFIG | {"_name_or_path": "C:\\models\\llama"})}, "CFG-204")
told("model_from_the_hub", {"config.json": text(CONFIG | {"_name_or_path": "org/base"})})
told("base_key_twice", {"adapter_config.json": b'{"base_model_name_or_path": "a/b", ' + text(ADAPTER)[1:],
                        "adapter_model.safetensors": weights(Q)}, "LRA-001", "CFG-201", "CFG-301")

# --- ranks and alphas by pattern --------------------------------------------------------------------

V = Q.replace("q_proj", "v_proj")
BOTH = {"target_modules": ["q_proj", "v_proj"]}
adapter("ranks_by_name", BOTH | {"r": 4, "rank_pattern": {"v_proj": 4}}, tensors=weights(Q, V, r=4))
adapter("rank_by_whole_name", {"rank_pattern": {"model.layers.0.self_attn.q_proj": 4}}, tensors=weights(Q, r=4))
adapter("rank_by_short_expression", {"rank_pattern": {"layers\\.[0-9]+\\.self_attn\\.q_proj": 4}}, tensors=weights(Q, r=4))
adapter("rank_by_first_of_two", {"rank_pattern": {"self_attn.q_proj": 4, "q_proj": 2}}, tensors=weights(Q, r=4))
adapter("rank_by_second_of_two", {"rank_pattern": {"self_attn.q_proj": 4, "q_proj": 2}}, "LRA-022", tensors=weights(Q, r=2))
adapter("rank_of_another_module", {"rank_pattern": {"k_proj": 4}})
adapter("rank_of_another_layer", {"rank_pattern": {"layers.1.self_attn.q_proj": 4}}, "LRA-022", tensors=weights(Q, r=4))
adapter("rank_without_the_pattern", {}, "LRA-022", tensors=weights(Q, r=4))
adapter("rank_with_a_pattern_that_tensors_lack", {"rank_pattern": {"q_proj": 4}}, "LRA-022")
adapter("rank_by_pattern_above_limit", {"rank_pattern": {"q_proj": 32}}, "LRA-011", tensors=weights(Q, r=32), arguments=["--max-lora-rank", "16"])
adapter("rank_by_pattern_over_default", {"rank_pattern": {"q_proj": 32}, "alpha_pattern": {"q_proj": 32}}, "LRA-015", tensors=weights(Q, r=32))
adapter("alpha_by_pattern", {"alpha_pattern": {"q_proj": 8}})
adapter("alpha_by_pattern_far", {"alpha_pattern": {"q_proj": 4000}}, "LRA-012")
adapter("alpha_by_pattern_in_an_expression", {"alpha_pattern": {".*\\.q_proj": 4000}}, "LRA-012")
adapter("alpha_by_pattern_of_a_higher_rank", {"rank_pattern": {"q_proj": 16}, "alpha_pattern": {"q_proj": 64}}, tensors=weights(Q, r=16))
for id, key in (("nested", "(q+)+_proj"), ("nested_stars", "(.*)*q_proj"), ("alternatives", "(a|a)*q_proj"), ("counted", "(q{1,20}){1,20}x"),
                ("two_loops", "(?:[a-z]+[a-z]+)+q_proj")):
    adapter("rank_by_slow_expression_" + id, {"rank_pattern": {key: 2}}, "LRA-009", "LRA-046")
    adapter("alpha_by_slow_expression_" + id, {"alpha_pattern": {key: 4}}, "LRA-009", "LRA-046")
adapter("exclude_by_slow_expression", {"exclude_modules": "(a+)+$"}, "LRA-009", "LRA-046")
adapter("target_by_expression", {"target_modules": "model\\.layers\\.[0-9]+\\.self_attn\\.(q|k|v|o)_proj"})
adapter("target_by_expression_of_others", {"target_modules": "model\\.layers\\.[0-9]+\\.mlp\\.(up|down)_proj"}, "LRA-019", "LRA-026")
adapter("target_by_layers", {"layers_to_transform": [0]})
adapter("target_by_other_layers", {"layers_to_transform": [3]}, "LRA-019", "LRA-026")
adapter("excluded_and_changed", {"exclude_modules": ["q_proj"]}, "LRA-026")
adapter("excluded_elsewhere", {"exclude_modules": ["lm_head"]})

for id, rank in (("zero", 0), ("below_zero", -1), ("in_words", "4")):
    adapter("rank_by_pattern_" + id, {"rank_pattern": {"q_proj": rank}}, "LRA-002")
for id, alpha in (("zero", 0), ("below_zero", -4)):
    adapter("alpha_by_pattern_" + id, {"alpha_pattern": {"q_proj": alpha}}, "LRA-004")
adapter("rank_by_broken_expression", {"rank_pattern": {"q_proj(": 4}}, "LRA-009", "LRA-046")
adapter("alpha_by_broken_expression", {"alpha_pattern": {"[q_proj": 4}}, "LRA-009", "LRA-046")

# --- tokens -----------------------------------------------------------------------------------------


def declared(id, content, special=True, **flags):
    entry = added(id, content, special) | flags
    return {str(entry.pop("id")): entry}


def tokens(id, added_ones, settings=None, special=None, *rules, vocab=AB, more=None):
    """tokenizer.json with these added tokens; tokenizer_config.json; special_tokens_map.json."""
    made = {"tokenizer.json": tokenizer(vocab, ["a b"], added_ones), **(more or {})}
    if settings is not None:
        made["tokenizer_config.json"] = text({"tokenizer_class": "PreTrainedTokenizerFast"} | settings)
    if special is not None:
        made["special_tokens_map.json"] = text(special)
    told("tokens_" + id, made, *rules)


S, T = added(3, "<s>"), added(4, "<t>", False)
tokens("alike", [S], {"added_tokens_decoder": declared(3, "<s>")})
tokens("ordinary_in_both", [S, T], {"added_tokens_decoder": declared(3, "<s>") | declared(4, "<t>", False)})
tokens("special_in_settings_only", [S, T], {"added_tokens_decoder": declared(4, "<t>")}, None, "TOK-205")
tokens("ordinary_in_settings_only", [S], {"added_tokens_decoder": declared(3, "<s>", False)}, None, "TOK-205")
tokens("special_by_list_in_settings", [S, T], {"additional_special_tokens": ["<t>"]}, None, "TOK-205")
tokens("special_by_list_in_map", [S, T], None, {"additional_special_tokens": ["<t>"]}, "TOK-205")
tokens("special_by_object_in_map", [S, T], None, {"additional_special_tokens": [
    {"content": "<t>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False}]}, "TOK-205")
tokens("special_by_list_and_there", [S, added(4, "<t>")], {"additional_special_tokens": ["<t>"]}, {"additional_special_tokens": ["<t>"]})
tokens("other_flags", [S], {"added_tokens_decoder": declared(3, "<s>", lstrip=True, normalized=True)})
tokens("fewer_in_settings", [S, added(4, "<t>")], {"added_tokens_decoder": declared(3, "<s>")})
tokens("other_id", [S], {"added_tokens_decoder": declared(7, "<s>")}, None, "TOK-204")
tokens("other_token", [S], {"added_tokens_decoder": declared(3, "<x>")}, None, "TOK-204")
tokens("id_of_a_word", [S], {"added_tokens_decoder": declared(0, "<x>")}, None, "TOK-204")
tokens("added_elsewhere", [S], None, None, "TOK-204", more={"added_tokens.json": b'{"<s>": 9}'})
tokens("added_alike", [S], None, None, more={"added_tokens.json": b'{"<s>": 3}'})
tokens("words_alike", [S], None, None, more={"vocab.json": text(AB), "vocab.txt": b"a\nb\nab\n"})
tokens("words_turned", [S], None, None, "TOK-204", more={"vocab.json": text({"a": 1, "b": 0, "ab": 2})})
tokens("lines_turned", [S], None, None, "TOK-204", more={"vocab.txt": b"b\na\nab\n"})
tokens("begins_alike", [S], {"bos_token": "<s>"}, {"bos_token": "<s>"})
tokens("begins_otherwise", [S, added(4, "<t>")], {"bos_token": "<s>"}, {"bos_token": "<t>"}, "TOK-211")
tokens("ends_with_nothing", [S], {"eos_token": "</s>"}, None, "TOK-206")
tokens("ends_with_nothing_by_map", [S], None, {"eos_token": "</s>"}, "TOK-206")
tokens("unknown_is_a_word", [S], {"unk_token": "a"})
tokens("nothing_ends", [S], {"eos_token": None, "bos_token": "<s>"}, {"bos_token": "<s>"})
tokens("declared_in_settings_only", [S], {"added_tokens_decoder": declared(3, "<s>") | declared(9, "<pad>"), "pad_token": "<pad>"})
tokens("answers_end_with_an_id", [S], {"bos_token": "<s>"}, None, more={"config.json": text(CONFIG | {"eos_token_id": 3})})
tokens("ordinary_one_ends", [S, T], {"eos_token": "<t>"}, None, "TOK-205")
tokens("list_names_a_new_one", [S], {"additional_special_tokens": ["<new>"]})
tokens("word_beyond_vocab_size", [S], None, None, "TOK-202", vocab=AB | {"c": 40}, more={"config.json": text(CONFIG)})
told("tokens_added_beyond_rows", model(**{"tokenizer.json": tokenizer(AB, ["a b"], [added(32, "<s>")])}), "TOK-213")
told("tokens_word_beyond_rows", model(**{"tokenizer.json": tokenizer(AB | {"c": 40}, ["a b"], [added(3, "<s>")])}), "TOK-201")
told("tokens_within_rows", model(**{"tokenizer.json": tokenizer(AB | {"c": 31}, ["a b"], [added(3, "<s>")])}))
