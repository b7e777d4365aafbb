#include "cli/parse_options.h"

#include <CLI/CLI.hpp>

namespace gh::cli {

void add_scan_options(CLI::App& command, Scan& scan) {
  command.footer(
      "Files are told by content. Each gets a verdict: clean, findings, inconclusive,\n"
      "unsupported or excluded; only clean passes. Nothing is loaded, run or sent anywhere.\n"
      "  gatehouse scan ./model --format sarif --output scan.sarif");
  command.add_option("PATH", scan.paths, "Files and folders")->required();
  command.add_option("--format", scan.format, "text, json, ndjson, sarif (2.1.0) or junit")
      ->check(CLI::IsMember({"text", "json", "ndjson", "sarif", "junit"}))
      ->capture_default_str();
  command.add_option("--output", scan.output, "Write the report into this file");
  command
      .add_option("--fail-on", scan.fail_on,
                  "The least severity that fails: info, low, medium, high, critical")
      ->check(CLI::IsMember({"info", "low", "medium", "high", "critical"}))
      ->capture_default_str();
  command
      .add_option("--profile", scan.profile,
                  "What pickles may hold: weights (what torch.load takes with weights_only), or "
                  "data (also NumPy, SciPy, joblib)")
      ->check(CLI::IsMember({"weights", "data"}))
      ->capture_default_str();
  command
      .add_option("--exclude", scan.exclude,
                  "Do not examine paths or names like this, 'docs/*'; they are shown")
      ->allow_extra_args(false);
  command
      .add_option("--allow-unsupported", scan.allow_unsupported,
                  "Pass files like this, '*.tflite', although nothing here understands them")
      ->allow_extra_args(false);
  command.add_option("--suppress", scan.suppress,
                     "A YAML file of accepted findings: id, sha256, reason, expires");
  command.add_option("--base", scan.base,
                     "The model that adapters are for, a folder or its config.json: they must fit");
  command
      .add_option("--allowed-base", scan.allowed_bases,
                  "A base_model_name_or_path that adapters may have; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--max-lora-rank", scan.max_lora_rank,
                     "The rank that your vLLM is started with; without it, the most it can serve");
  command.add_option("--max-lora-scaling", scan.max_lora_scaling, "alpha / r, or alpha / sqrt(r)")
      ->capture_default_str();
  command.add_flag("--stats", scan.statistics,
                   "Numbers of adapter weights, to look at; they prove nothing");
  command.add_option("--bank", scan.bank,
                     "A folder of adapters of the same base that you trust, to compare with");
  command.add_flag("--read-data", scan.read_data,
                   "Values of safetensors and every checksum in a zip too; reads the whole file");
  command.add_option("--jobs", scan.jobs, "Files at a time; without it, one per core");
  command.add_option("--timeout", scan.timeout, "For one file, and 10 s more for each GiB of it")
      ->capture_default_str();
  command.add_option("--max-bytes", scan.max_bytes, "That one file may unpack to")
      ->capture_default_str();
  command.add_flag("--digest", scan.digest, "The SHA-256 of every file, not only of failing ones");
}

void add_sim_options(CLI::App& command, Sim& sim) {
  command.footer(
      "Prints `listening sim http://…`. A prompt that begins with sim:fault=NAME gets\n"
      "that fault; src/simulator/README.md lists them.");
  command.add_option("--listen", sim.listen, "HOST:PORT (port 0: any) or unix:/PATH")
      ->capture_default_str();
  command.add_option("--model", sim.model, "The served model name")->capture_default_str();
  command.add_option("--adapters", sim.adapters, "LoRA adapters, comma-separated")->delimiter(',');
  command.add_option("--vllm", sim.version, "The vLLM version to be like")->capture_default_str();
  command.add_option("--api-key", sim.api_key, "Demand this key on /v1 routes");
  command.add_option("--max-model-len", sim.max_model_len)->capture_default_str();
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
  command.add_flag("--enable-prompt-tokens-details", sim.prompt_tokens_details);
  command.add_flag("--enable-force-include-usage", sim.force_include_usage);
  command.add_flag("--enable-request-id-headers", sim.request_id_headers);
  command.add_option("--record", sim.record, "Append every received request to this file");
}

}  // namespace gh::cli
