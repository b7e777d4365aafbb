"""Regular expressions of tokenizers and adapters: those that a backtracking matcher tries in every way, those that look
like them, and those of published models."""

import severity
from cases_adapter import PLAIN, folder
from corpus import case
from make_tokenizer import tokenizer


def splits(id, regex, *rules):
    split = {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}
    case("patterns/split/" + id, verdict=severity.verdict(rules), rules=rules, name="tokenizer.json")(
        lambda: tokenizer(pre_tokenizer=split))


def adapter(id, change, *rules):
    case("patterns/adapter/" + id, verdict=severity.verdict(rules), rules=rules)(lambda: folder({**PLAIN, **change}))


# What repeats can be divided in two ways.
for number, regex in enumerate((
        r"(\p{N}{1,3})+!", r"(\p{N}{1,2})+!", r"(\d{1,3}){2,}!", r"(?:\p{L}{1,2})*;", r"(a{1,2})+b", r"(aa?)+b",
        r"(?:ab?b?)+c", r"(?i:(k|K)+)x", r"(?i:(ss|ß)+)x", r"(?:\p{L}+\s?)+:", r"((a?)*b)+c", r"(?:(x)\1)?(aa?)+b",
        r"(?:(?>a+)b|aab)+x", r"(?=(aa?)+b)c", r"(?:\p{Lu}|\w)+;", r"(?:ab|aba|ba)+c", r"\p{N}{1,3}+!", r"(x?){24}x{24}y",
        r"[a-z]*[a-y]*\w*!", r"(ab)*(ab)*(ab)*c", r"[\p{L}]{1,9}" * 20 + "!", r"x?" * 20 + "y", r"(?:a|ab?)" * 12 + "c")):
    splits(f"slow_{number}", regex, "TOK-107")
# And in one way only.
for number, regex in enumerate((
        r"(x(a+)y)+", r"(?:\r\n|\r)+", r"(?:\p{Lu}|\p{Ll})+;", r"(?:\w+\.)+x", r"(?:\p{L}\p{M}*)+x", r"(\d{3})*x",
        r"(?:[0-9a-f]{32})+x", r"(?>a+)+b", r"(a++)+b", r"(?:ab?)+c", r"(?:a?b)+c", r"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))",
        r"(?<=\p{N})(?=(?:\p{N}{3})+(?!\p{N}))", r" ?\p{L}+(?:['’]\p{L}+)*", r"(?i:(?:ka|va)+)x", r"(?:aa|aba)+c",
        r"(?:(?!x)a)+b", r"a*a*b", r"([!?])\1*")):
    splits(f"quick_{number}", regex)
# cl100k, o200k, GPT-2, Qwen 2, DeepSeek 3, BLOOM, Kimi K2, BailingMoE, SuperBPE, Falcon, Chameleon.
for number, regex in enumerate((
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+"
        r"|\s+(?!\S)|\s+",
        r" ?[^(\s|[.,!?…。，、।۔،])]+",
        r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+"
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
        r"(?=(\d{3})+(?!\d))", r"[\p{P}\$\+<=>\^~\|`]+", r"(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z")):
    splits(f"published_{number}", regex)

# Keys that vLLM matches; small letters are capital ones when a flag says so.
for number, regex in enumerate((
        r"(?i:(ka|KA)+)x\.q_proj", r"(?i)(ka|kA)+x", r"(?i:(ab|aB)+)x", r"(?i:(ſa|sa)+)x", r"(?i:(ak|a\u212a)+)x",
        r"(?i:(\u00e9a|\u00c9a)+)x".encode().decode("unicode_escape"), r"(aa?)+b", r"(a{1,2})+b", r"(?:ab?b?)+c")):
    adapter(f"slow_{number}", {"alpha_pattern": {regex: 16}}, "LRA-009", "LRA-046")
adapter("slow_rank", {"rank_pattern": {r"(?i:(ka|KA)+)x": 8}}, "LRA-009", "LRA-046")
adapter("slow_targets", {"target_modules": r"(?i:(q|Q)+)_proj"}, "LRA-009", "LRA-046")
for number, regex in enumerate((r".*decoder.*(q_proj|v_proj)$", r"^(?!.*vision).*(q|k|v|o)_proj$", r"(?i)Q_PROJ",
                                r"(?i:.*\.(?:q|k|v)_proj)", r"(?:model\.)*layers\.\d+\.(?:self_attn|mlp)\.(?:q|v)_proj",
                                r"(?:.*?(?:language|text).*?(?:self_attn|attention|attn|mlp|feed_forward|ffn|dense).*?"
                                r"(?:q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj).*?)"
                                r"|(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|attention|attn|mlp|feed_forward|ffn|dense)\."
                                r"(?:(?:q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)))")):
    adapter(f"quick_{number}", {"alpha_pattern": {regex: 16}})
