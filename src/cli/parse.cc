#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "cli/exit_code.h"
#include "cli/key_options.h"
#include "cli/output.h"
#include "cli/parse_options.h"
#include "cli/verbs.h"
#include "policy/settings_text.h"

namespace gh::cli {
namespace {

constexpr const char* kDescription =
    "Gatehouse puts a vLLM server into production safely: it checks who asks, limits what one\n"
    "request and one tenant may cost, lets only known-good requests through, keeps tenants out of\n"
    "each other's prefix cache, and logs what happened. One policy file drives it.";

constexpr const char* kFirstSteps =
    "First steps:\n"
    "  gatehouse demo                      see it work, without a GPU or a model\n"
    "  gatehouse init ./gate               a starter policy in front of http://127.0.0.1:8000\n"
    "  gatehouse policy check -c ./gate/gatehouse.yaml\n"
    "  gatehouse keys create -c ./gate/gatehouse.yaml --tenant demo --name laptop\n"
    "  gatehouse serve -c ./gate/gatehouse.yaml\n"
    "  gatehouse scan ./model              examine model files before anything loads them\n"
    "\n";

constexpr const char* kExitCodes =
    "Exit codes: 0 fine, 1 findings or refused, 2 could not decide, 3 nothing to do, 64 usage.";

// What the policy file may say, from the table that reads it.
std::string policy_settings() {
  return "Settings of the policy file:\n" + policy::settings_overview() +
         "\n"
         "  gatehouse policy reference tenants    one of them with all that is below it\n"
         "  gatehouse policy reference            every setting, as Markdown\n";
}

// A demand that a script's unset variable leaves empty (`--role "$ROLE"`) is no demand: it would be
// met by anything.
void refuse_empty_values(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_items_expected_max() == 0) continue;  // a flag
    option->check([](const std::string& value) {
      return value.empty() ? std::string("must not be empty") : std::string();
    });
  }
  for (CLI::App* below : command.get_subcommands({})) refuse_empty_values(*below);
}

// Builds the tree of commands; the one that was chosen fills `chosen`.
class Commands {
 public:
  Commands() : app_(kDescription, "gatehouse") {
    app_.footer(kExitCodes);  // of every command
    app_.set_version_flag("--version", "gatehouse " GH_VERSION);
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(34);
    add_init();
    add_serve();
    add_policy();
    add_keys();
    add_sign();
    add_verify();
    add_scan();
    add_sim();
    add_demo();
    app_.footer(std::string(kFirstSteps) + kExitCodes);  // its own: the commands have theirs
    refuse_empty_values(app_);
  }

  Parsed parse(int argc, char** argv) {
    const std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
    if (const std::string fault = verb_fault(verbs(), words); !fault.empty()) {
      return {.command = std::nullopt, .exit_code = complain(kUsage, fault)};
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& done) {  // --help, --version
      return {.command = std::nullopt, .exit_code = app_.exit(done)};
    } catch (const CLI::ParseError& error) {
      app_.exit(error);
      return {.command = std::nullopt, .exit_code = kUsage};
    }
    return {.command = std::move(chosen_), .exit_code = kUsage};
  }

 private:
  std::vector<Verb> verbs() {
    std::vector<Verb> verbs;
    for (const CLI::App* command : app_.get_subcommands({})) {
      Verb& verb = verbs.emplace_back(command->get_name(), std::vector<std::string>());
      for (const CLI::App* below : command->get_subcommands({}))
        verb.below.push_back(below->get_name());
    }
    return verbs;
  }

  template <class Options>
  void choose_when_parsed(CLI::App* command, Options& options) {
    command->callback([this, &options] { chosen_ = options; });
  }

  static void add_config(CLI::App* command, std::string& config) {
    command
        ->add_option("-c,--config", config,
                     "The policy file; default GATEHOUSE_CONFIG or /etc/gatehouse/gatehouse.yaml")
        ->envname("GATEHOUSE_CONFIG")
        ->default_val("/etc/gatehouse/gatehouse.yaml");
  }

  static void add_format(CLI::App* command, bool& json) {
    command
        ->add_option_function<std::string>(
            "--format", [&json](const std::string& format) { json = format == "json"; },
            "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->default_str("text");
  }

  void add_init() {
    auto* command = app_.add_subcommand(
        "init", "Write a starter policy, a development certificate and secret files into a folder");
    command->add_option("DIR", init_.directory, "The folder; it must not hold a policy yet")
        ->required();
    choose_when_parsed(command, init_);
  }

  void add_serve() {
    auto* serve = app_.add_subcommand("serve", "Run the gateway in the foreground");
    serve->footer(
        "SIGHUP reloads the policy (a bad one is refused and the old one stays), SIGTERM drains.\n"
        "Prints `listening …` lines and then `ready` on stdout.\n\n" +
        policy_settings());
    add_config(serve, serve_.config);
    choose_when_parsed(serve, serve_);
    auto* health = app_.add_subcommand(
        "healthcheck", "Ask a running gateway's admin listener whether it is ready: 0 yes, 1 no");
    add_config(health, health_.config);
    choose_when_parsed(health, health_);
  }

  void add_policy() {
    auto* group = app_.add_subcommand("policy", "Check and understand a policy file");
    group->require_subcommand(1);
    auto* check = group->add_subcommand("check", "Every error, as file:line:column: message");
    add_config(check, policy_check_.config);
    add_format(check, policy_check_.json);
    choose_when_parsed(check, policy_check_);

    auto* show = group->add_subcommand("show", "What is in force, with the origin of each value");
    add_config(show, policy_show_.config);
    auto* tenant = show->add_option("--tenant", policy_show_.tenant, "For one tenant");
    show->add_option("--key", policy_show_.key, "For one key (id, kid or tenant/name)")
        ->excludes(tenant);
    add_format(show, policy_show_.json);
    choose_when_parsed(show, policy_show_);

    auto* explain = group->add_subcommand("explain", "Which rule decides a request");
    add_config(explain, policy_explain_.config);
    explain
        ->add_option("REQUEST", policy_explain_.request_file,
                     "A JSON file: {\"tenant\": …, \"endpoint\": \"chat\", \"body\": {…}}")
        ->required();
    add_format(explain, policy_explain_.json);
    choose_when_parsed(explain, policy_explain_);

    auto* reference =
        group->add_subcommand("reference", "Every setting with type, default and meaning");
    reference->add_option("SETTING", policy_reference_.section,
                          "One section or setting, as text: tenants, listen.tls; without it the "
                          "whole page, as Markdown");
    choose_when_parsed(reference, policy_reference_);
    group->footer(policy_settings() + "\n" + kExitCodes);
  }

  void add_keys() {
    auto* group = app_.add_subcommand("keys", "API keys; in force in a running gateway within 1 s");
    group->require_subcommand(1);
    auto* create = group->add_subcommand("create", "Make a key; the secret is printed once");
    add_config(create, keys_create_.config);
    create->add_option("--tenant", keys_create_.tenant, "Whose key it is")->required();
    create->add_option("--name", keys_create_.name, "What people call it")->required();
    create->add_option("--user", keys_create_.user, "The person or service that will hold it");
    create->add_option("--models", keys_create_.models, "Only these models, comma-separated")
        ->delimiter(',');
    create
        ->add_option("--endpoints", keys_create_.endpoints,
                     "Only these of chat, completions, embeddings")
        ->delimiter(',');
    create->add_option("--expires", keys_create_.expires,
                       "When it ends: 90d (the default), 12h, a date, or never");
    create->add_option("--limit", keys_create_.limits,
                       "Narrower than the tenant's: " + limit_examples() + "; may be repeated");
    create->add_option("--env", keys_create_.env, "A word in the key, such as live or test")
        ->default_str("live");
    add_format(create, keys_create_.json);
    choose_when_parsed(create, keys_create_);

    auto* list = group->add_subcommand("list", "All keys, without secrets");
    add_config(list, keys_list_.config);
    list->add_option("--tenant", keys_list_.tenant, "Only this tenant's");
    add_format(list, keys_list_.json);
    choose_when_parsed(list, keys_list_);

    auto* show = group->add_subcommand("show", "One key");
    add_config(show, keys_show_.config);
    show->add_option("KEY", keys_show_.handle, "Its id, its kid, or tenant/name")->required();
    add_format(show, keys_show_.json);
    choose_when_parsed(show, keys_show_);

    auto* revoke = group->add_subcommand("revoke", "End a key for good");
    add_config(revoke, keys_revoke_.config);
    revoke->add_option("KEY", keys_revoke_.handle, "Its id, its kid, or tenant/name")->required();
    revoke->add_flag("--now", keys_revoke_.now, "At once; it always is, and may be said");
    add_format(revoke, keys_revoke_.json);
    choose_when_parsed(revoke, keys_revoke_);
  }

  // What `sign` and `verify` decide by the same words.
  template <class Options>
  static void add_model(CLI::App* command, Options& options) {
    command->add_option("PATH", options.path, "The model: a folder, or one file")->required();
    command->add_option("--signature", options.signature,
                        "The signature file; default PATH/model.sig, of a file PATH.sig");
    command
        ->add_option("--ignore", options.coverage.ignored,
                     "A path inside the model that is not covered; may be repeated")
        ->allow_extra_args(false);
    command->add_flag_callback(
        "--no-ignore-git-paths", [&options] { options.coverage.ignore_git = false; },
        "Cover .git, .gitattributes, .github and .gitignore too");
    command->add_flag("--allow-symlinks", options.coverage.allow_symlinks,
                      "Follow symbolic links to files, wherever they lead");
    command->add_option("--name", options.name, "The name that the signature says, exactly");
    command->add_option("--role", options.role, "model, adapter or template");
    command->add_option("--base-digest", options.base_digest,
                        "Of an adapter: the root digest of its base model");
    command->add_option("--threads", options.threads, "Default: one per core")
        ->check(CLI::Range(1U, 1024U));
    add_format(command, options.json);
  }

  void add_sign() {
    auto* command = app_.add_subcommand(
        "sign", "Sign a model, an adapter or a template, as model_signing does");
    command->footer(
        "A key to begin with:\n"
        "  (umask 077; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \\\n"
        "     -aes256 -out signing.pem)\n"
        "  openssl pkey -in signing.pem -pubout -out signing.pub\n"
        "  gatehouse sign ./model --key signing.pem --role model --expires 365d\n"
        "  gatehouse verify ./model --key signing.pub --role model\n");
    add_model(command, sign_);
    command
        ->add_option("--key", sign_.key,
                     "A private key on P-256, P-384 or P-521: a PEM file or a pkcs11: URI")
        ->required();
    command->add_option("--passphrase-file", sign_.passphrase_file,
                        "Passphrase or PIN; without it the terminal is asked");
    command->add_option("--certificate", sign_.certificate,
                        "The key's certificate (PEM): others verify by its issuer");
    command
        ->add_option("--certificate-chain", sign_.chain,
                     "Certificates between it and the root; may be repeated")
        ->allow_extra_args(false);
    command->add_flag("--replace", sign_.replace, "Write over a signature that is there");
    command
        ->add_option("--method", sign_.method,
                     "files: a digest per file; shards: per part of a file, for very large ones")
        ->check(CLI::IsMember({"files", "shards"}))
        ->capture_default_str();
    command->add_option("--shard-size", sign_.shard_size, "In bytes")
        ->check(CLI::Range(std::uint64_t{1} << 20, std::uint64_t{1} << 40))
        ->capture_default_str();
    command->add_option("--hash", sign_.hash, "sha256 or blake2b")
        ->check(CLI::IsMember({"sha256", "blake2b"}))
        ->capture_default_str();
    command->add_option("--expires", sign_.expires,
                        "When the signature ends: 365d, a date, a time; default never");
    command->add_option("--not-before", sign_.not_before, "When it begins; default now");
    choose_when_parsed(command, sign_);
  }

  void add_verify() {
    auto* command = app_.add_subcommand(
        "verify",
        "Verify a signed model: who signed, for what, and every file. 0 only when all holds");
    command->footer(
        "Every file must be signed and be there; what the signed file says about files to ignore\n"
        "does not count. Reasons have ids (SIG-040), which docs/signing.md explains.");
    add_model(command, verify_);
    command->add_option("--key", verify_.keys, "A public key (PEM) that may sign; may be repeated")
        ->allow_extra_args(false);
    command
        ->add_option("--certificate-roots", verify_.roots,
                     "Certificates (PEM) that vouch for signers; may be repeated")
        ->allow_extra_args(false);
    command
        ->add_option("--identity", verify_.identities,
                     "Who may sign by certificate: e-mail, DNS name, URI or common name, "
                     "exactly; may be repeated")
        ->allow_extra_args(false);
    command->add_flag("--ignore-unsigned-files", verify_.ignore_unsigned_files,
                      "Do not fail on files that are not signed");
    command->add_flag("--accept-v0.2", verify_.accept_v02,
                      "Take signatures in the form of model_signing 0.2");
    choose_when_parsed(command, verify_);
  }

  void add_scan() {
    auto* scan = app_.add_subcommand(
        "scan", "Examine model files, adapters and whole folders before anything loads them");
    add_scan_options(*scan, scan_);
    choose_when_parsed(scan, scan_);

    auto* explain = app_.add_subcommand("explain", "What a finding means, and what to do");
    explain->add_option("ID", explain_.id, "Its id: PKL-101, stf-8")->required();
    choose_when_parsed(explain, explain_);

    auto* group = app_.add_subcommand("rules", "What is looked for");
    group->require_subcommand(1);
    auto* list = group->add_subcommand("list", "Every rule with severity and title");
    list->add_option("--format", rules_list_.format, "text, json or markdown")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->capture_default_str();
    choose_when_parsed(list, rules_list_);
  }

  void add_sim() {
    auto* command = app_.add_subcommand(
        "sim", "A stand-in for vLLM: real routes, streams, prefix cache and faults, no model");
    add_sim_options(*command, sim_);
    choose_when_parsed(command, sim_);
  }

  void add_demo() {
    auto* command = app_.add_subcommand(
        "demo", "Gateway and simulator on loopback: every expected behaviour, with real requests");
    command->add_flag("--once", demo_.once, "Exit after the table: 0 only when every row holds");
    choose_when_parsed(command, demo_);
  }

  CLI::App app_;
  std::optional<Command> chosen_;
  Init init_;
  Serve serve_;
  HealthCheck health_;
  PolicyCheck policy_check_;
  PolicyShow policy_show_;
  PolicyExplain policy_explain_;
  PolicyReference policy_reference_;
  KeysCreate keys_create_;
  KeysList keys_list_;
  KeysShow keys_show_;
  KeysRevoke keys_revoke_;
  Sign sign_;
  Verify verify_;
  Scan scan_;
  Explain explain_;
  RulesList rules_list_;
  Sim sim_;
  Demo demo_;
};

}  // namespace

Parsed parse(int argc, char** argv) {
  return Commands().parse(argc, argv);
}

}  // namespace gh::cli
