#include "cli/parse_options.h"

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>

namespace gh::cli {
namespace {

// What `sign` and `verify` decide by the same words.
template <class Options>
void add_model(CLI::App& command, Options& options) {
  command.add_option("PATH", options.path, "The model: a folder, or one file")->required();
  command
      .add_option("--signature", options.signature,
                  "The signature file; default PATH/model.sig, of a file PATH.sig")
      ->type_name("FILE");
  command
      .add_option("--ignore", options.coverage.ignored,
                  "A path inside the model that is not covered; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command.add_flag_callback(
      "--no-ignore-git-paths", [&options] { options.coverage.ignore_git = false; },
      "Cover .git, .gitattributes, .github and .gitignore too");
  command.add_flag("--allow-symlinks", options.coverage.allow_symlinks,
                   "Follow symbolic links to files, wherever they lead");
  command.add_option("--name", options.name, "The name that the signature says, exactly");
  command.add_option("--role", options.role, "What it is for")
      ->type_name(in_braces({"model", "adapter", "template"}));
  command.add_option("--base-digest", options.base_digest,
                     "Of an adapter: the root digest of its base model");
  command.add_option("--threads", options.threads, "Default: one per core")
      ->type_name("1..1024")
      ->check(CLI::Range(1U, 1024U).description(""));
  add_format(command, options.json);
  add_quiet(command, options.quiet);
}

// CLI11's own check takes NaN for a positive number, and then nothing is above the limit.
std::string positive(const std::string& text) {
  double value = 0;
  const bool good = CLI::detail::lexical_cast(text, value) && std::isfinite(value) && value > 0;
  return good ? "" : "`" + text + "`: write a number above 0";
}

}  // namespace

std::string in_braces(const std::vector<std::string>& words) {
  return fmt::format("{{{}}}", fmt::join(words, ","));
}

CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words) {
  return option->type_name(in_braces(words))->check(CLI::IsMember(words).description(""));
}

void add_config(CLI::App& command, std::string& config) {
  command.add_option("-c,--config", config, "The policy file")
      ->type_name("FILE")
      ->envname("GATEHOUSE_CONFIG")
      ->default_val("/etc/gatehouse/gatehouse.yaml");
}

void add_format(CLI::App& command, bool& json) {
  auto* format = command.add_option_function<std::string>(
      "--format", [&json](const std::string& word) { json = word == "json"; }, "How it is written");
  one_of(format, {"text", "json"})->default_str("text");
}

CLI::Option* add_quiet(CLI::App& command, bool& quiet, const std::string& what) {
  return command.add_flag("-q,--quiet", quiet, what);
}

void add_scan_options(CLI::App& command, Scan& scan) {
  command.footer(
      "Files are told by content. Each gets a verdict: clean, findings, inconclusive,\n"
      "unsupported or excluded; only clean passes. Nothing is loaded, run or sent anywhere.\n"
      "  gatehouse scan ./model --format sarif --output scan.sarif\n");
  command.add_option("PATH", scan.paths, "Files and folders")->required();
  one_of(command.add_option("--format", scan.format, "How the report is written; SARIF is 2.1.0"),
         {"text", "json", "ndjson", "sarif", "junit"})
      ->capture_default_str();
  command.add_option("--output", scan.output, "Write the report into this file")->type_name("FILE");
  one_of(command.add_option("--fail-on", scan.fail_on, "The least severity that fails"),
         {"info", "low", "medium", "high", "critical"})
      ->capture_default_str();
  one_of(command.add_option("--profile", scan.profile,
                            "What pickles may hold: weights (what torch.load takes with "
                            "weights_only), or data (also NumPy, SciPy, joblib)"),
         {"weights", "data"})
      ->capture_default_str();
  command
      .add_option("--exclude", scan.exclude,
                  "Do not examine paths or names like this, 'docs/*'; they are shown")
      ->allow_extra_args(false);
  command
      .add_option("--allow-unsupported", scan.allow_unsupported,
                  "Pass files like this, '*.tflite', although nothing here understands them")
      ->allow_extra_args(false);
  command
      .add_option("--suppress", scan.suppress,
                  "A YAML file of accepted findings: id, sha256, reason, expires")
      ->type_name("FILE");
  command
      .add_option("--base", scan.base,
                  "The model that adapters are for, a folder or its config.json: they must fit")
      ->type_name("PATH");
  command
      .add_option("--allowed-base", scan.allowed_bases,
                  "A base_model_name_or_path that adapters may have; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--max-lora-rank", scan.max_lora_rank,
                  "The rank that your vLLM is started with; without it, the most it can serve")
      ->check(positive);
  command.add_option("--max-lora-scaling", scan.max_lora_scaling, "alpha / r, or alpha / sqrt(r)")
      ->check(positive)
      ->capture_default_str();
  command.add_flag("--stats", scan.statistics,
                   "Numbers of adapter weights, to look at; they prove nothing");
  command
      .add_option("--bank", scan.bank,
                  "A folder of adapters of the same base that you trust, to compare with")
      ->type_name("DIR");
  command.add_flag("--read-data", scan.read_data,
                   "Values of safetensors and every checksum in a zip too; reads the whole file");
  command.add_option("--jobs", scan.jobs, "Files at a time; without it, one per core")
      ->type_name("1..1024")
      ->check(CLI::Range(1U, 1024U).description(""));
  command
      .add_option("--timeout", scan.timeout, "For one file, and 10 s more for each GiB on the disk")
      ->capture_default_str();
  command.add_option("--max-bytes", scan.max_bytes, "That one file may unpack to")
      ->capture_default_str();
  command.add_flag("--digest", scan.digest, "The SHA-256 of every file, not only of failing ones");
  add_quiet(command, scan.quiet,
            "No progress; as text, only files that do not pass and findings, one line of counts "
            "when there are none");
}

void add_sign_options(CLI::App& command, Sign& sign) {
  command.footer(
      "A key to begin with:\n"
      "  (umask 077; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \\\n"
      "     -aes256 -out signing.pem)\n"
      "  openssl pkey -in signing.pem -pubout -out signing.pub\n"
      "  gatehouse sign ./model --key signing.pem --role model --expires 365d\n"
      "  gatehouse verify ./model --key signing.pub --role model\n");
  add_model(command, sign);
  command
      .add_option("--key", sign.key,
                  "A private key on P-256, P-384 or P-521: a PEM file or a pkcs11: URI")
      ->type_name("FILE")
      ->required();
  command
      .add_option("--passphrase-file", sign.passphrase_file,
                  "Passphrase or PIN; without it the terminal is asked")
      ->type_name("FILE");
  command
      .add_option("--certificate", sign.certificate,
                  "The key's certificate (PEM): others verify by its issuer")
      ->type_name("FILE");
  command
      .add_option("--certificate-chain", sign.chain,
                  "Certificates between it and the root; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_flag("--replace", sign.replace, "Write over a signature that is there");
  one_of(command.add_option(
             "--method", sign.method,
             "files: a digest per file; shards: per part of a file, for very large ones"),
         {"files", "shards"})
      ->capture_default_str();
  command.add_option("--shard-size", sign.shard_size, "Of a part, 1 MiB to 1 TiB")
      ->type_name("BYTES")
      ->check(CLI::Range(std::uint64_t{1} << 20, std::uint64_t{1} << 40).description(""))
      ->capture_default_str();
  one_of(command.add_option("--hash", sign.hash, "How files are hashed"), {"sha256", "blake2b"})
      ->capture_default_str();
  command.add_option("--expires", sign.expires,
                     "When the signature ends: 365d, a date, a time; default never");
  command.add_option("--not-before", sign.not_before, "When it begins; default now");
}

void add_verify_options(CLI::App& command, Verify& verify) {
  command.footer(
      "Every file must be signed and be there; what the signed file says about files to ignore\n"
      "does not count. Reasons have ids (SIG-040), which docs/signing.md explains.\n");
  add_model(command, verify);
  command.add_option("--key", verify.keys, "A public key (PEM) that may sign; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      .add_option("--certificate-roots", verify.roots,
                  "Certificates (PEM) that vouch for signers; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      .add_option("--identity", verify.identities,
                  "Who may sign by certificate: ann@example.com, ci.example, "
                  "https://ci.example/job, 'cn:Model releases'; exactly; may be repeated")
      ->allow_extra_args(false);
  command.add_flag("--ignore-unsigned-files", verify.ignore_unsigned_files,
                   "Do not fail on files that are not signed");
  command.add_flag("--accept-v0.2", verify.accept_v02,
                   "Take signatures in the form of model_signing 0.2");
}

void add_sim_options(CLI::App& command, Sim& sim) {
  command.footer(
      "Prints `listening sim http://…`. A prompt that begins with sim:fault=NAME gets\n"
      "that fault; src/simulator/README.md lists them.\n");
  command.add_option("--listen", sim.listen, "HOST:PORT (port 0: any) or unix:/PATH")
      ->capture_default_str();
  command.add_option("--model", sim.model, "The served model name")->capture_default_str();
  command.add_option("--adapters", sim.adapters, "LoRA adapters, comma-separated")->delimiter(',');
  command.add_option("--vllm", sim.version, "The vLLM version to be like")->capture_default_str();
  command.add_option("--api-key", sim.api_key, "Demand this key on /v1 routes");
  command.add_option("--max-model-len", sim.max_model_len, "Tokens of prompt and answer together")
      ->capture_default_str();
  command.add_option("--block-size", sim.block_size, "Tokens of a prefix cache block")
      ->capture_default_str();
  command.add_option("--cache-blocks", sim.cache_blocks, "0 turns the prefix cache off")
      ->capture_default_str();
  command.add_option("--max-num-queued-reqs", sim.max_num_queued_reqs,
                     "Sequences at once, above it 503; 0 is no cap");
  command.add_option("--token-delay-ms", sim.token_delay_ms, "Between two tokens");
  command.add_option("--prefill-us", sim.prefill_us_per_token, "Per prompt token, not cached");
  command.add_option("--hit-prefill-us", sim.hit_prefill_us_per_token, "Per prompt token, cached");
  command.add_option("--keep-alive-s", sim.keep_alive_s, "Idle seconds before it closes")
      ->capture_default_str();
  command.add_flag("--enable-prompt-tokens-details", sim.prompt_tokens_details,
                   "As of vLLM: usage tells of cached prompt tokens");
  command.add_flag("--enable-force-include-usage", sim.force_include_usage,
                   "As of vLLM: every stream ends with its usage");
  command.add_flag("--enable-request-id-headers", sim.request_id_headers,
                   "As of vLLM: answers have the X-Request-Id of their request");
  command.add_option("--record", sim.record, "Append every received request to this file")
      ->type_name("FILE");
}

}  // namespace gh::cli
