#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "cli/exit_code.h"
#include "cli/key_options.h"
#include "cli/output.h"
#include "cli/parse_fault.h"
#include "cli/parse_options.h"
#include "cli/parse_outline.h"
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
    "\n"
    "GATEHOUSE_CONFIG names the policy where -c does not. With NO_COLOR nothing is coloured.\n";

// What the policy file may say, from the table that reads it.
std::string policy_settings() {
  return "Settings of the policy file:\n" + policy::settings_overview() +
         "\n"
         "  gatehouse policy reference tenants    one of them with all that is below it\n"
         "  gatehouse policy reference            every setting, as Markdown\n";
}

void end_with_exit_codes(CLI::App& command) {
  const std::string footer = command.get_footer();
  command.footer(footer + (footer.empty() ? "" : "\n") + std::string(kExitCodes));
  for (CLI::App* below : command.get_subcommands({})) end_with_exit_codes(*below);
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

// Help calls them by their own name, and no name of a type.
void name_positionals(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_positional() && option->get_type_name() == "TEXT") option->type_name("");
  }
  for (CLI::App* below : command.get_subcommands({})) name_positionals(*below);
}

// Builds the tree of commands; the one that was chosen fills `chosen`.
class Commands {
 public:
  Commands() : app_(kDescription, "gatehouse") {
    app_.set_version_flag("--version", "gatehouse " GH_VERSION);
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(34);
    add_init();
    add_serve();
    add_policy();
    add_keys();
    add_signing();
    add_scan();
    add_sim();
    add_demo();
    add_pages();
    app_.footer(kFirstSteps);  // last: the commands would have it too
    name_positionals(app_);
    refuse_empty_values(app_);
  }

  Outline outline() const { return outline_of(app_); }

  Parsed parse(int argc, char** argv) {
    end_with_exit_codes(app_);
    const std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
    if (const std::string fault = verb_fault(verbs_of(outline()), words); !fault.empty()) {
      return {.command = std::nullopt, .exit_code = complain(kUsage, fault)};
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& done) {  // --help, --version
      std::ostringstream text;
      const int exit_code = app_.exit(done, text, text);
      return {.command = std::nullopt, .exit_code = print(exit_code, text.str())};
    } catch (const CLI::ParseError& error) {
      return {.command = std::nullopt, .exit_code = complain(kUsage, parse_fault(app_, error))};
    }
    return {.command = std::move(chosen_), .exit_code = kUsage};
  }

 private:
  template <class Options>
  void choose_when_parsed(CLI::App* command, Options& options) {
    command->callback([this, &options] { chosen_ = options; });
  }

  void add_init() {
    auto* command = app_.add_subcommand(
        "init", "Write a starter policy, a development certificate and secret files into a folder");
    command->add_option("DIR", init_.directory, "The folder; it must not hold a policy yet")
        ->required();
    add_quiet(*command, init_.quiet);
    choose_when_parsed(command, init_);
  }

  void add_serve() {
    auto* serve = app_.add_subcommand("serve", "Run the gateway in the foreground");
    serve->footer(
        "SIGHUP reloads the policy (a bad one is refused and the old one stays), SIGTERM drains.\n"
        "Prints `listening …` lines and then `ready` on stdout.\n\n" +
        policy_settings());
    add_config(*serve, serve_.config);
    choose_when_parsed(serve, serve_);
    auto* health = app_.add_subcommand(
        "healthcheck", "Ask a running gateway's admin listener whether it is ready: 0 yes, 1 no");
    add_config(*health, health_.config);
    add_quiet(*health, health_.quiet, "Nothing when it is ready");
    choose_when_parsed(health, health_);
  }

  void add_policy() {
    auto* group = app_.add_subcommand("policy", "Check and understand a policy file");
    group->require_subcommand(1);
    auto* check = group->add_subcommand("check", "Every error, as file:line:column: message");
    add_config(*check, policy_check_.config);
    add_format(*check, policy_check_.json);
    add_quiet(*check, policy_check_.quiet, "Problems and notes alone; nothing when there are none");
    choose_when_parsed(check, policy_check_);

    auto* show = group->add_subcommand("show", "What is in force, with the origin of each value");
    add_config(*show, policy_show_.config);
    auto* tenant = show->add_option("--tenant", policy_show_.tenant, "For one tenant");
    show->add_option("--key", policy_show_.key, "For one key (id, kid or tenant/name)")
        ->excludes(tenant);
    add_format(*show, policy_show_.json);
    choose_when_parsed(show, policy_show_);

    auto* explain = group->add_subcommand("explain", "Which rule decides a request");
    add_config(*explain, policy_explain_.config);
    explain
        ->add_option("REQUEST", policy_explain_.request_file,
                     "A JSON file: {\"tenant\": …, \"endpoint\": \"chat\", \"body\": {…}}")
        ->type_name("FILE")
        ->required();
    add_format(*explain, policy_explain_.json);
    choose_when_parsed(explain, policy_explain_);

    auto* reference =
        group->add_subcommand("reference", "Every setting with type, default and meaning");
    reference->add_option("SETTING", policy_reference_.section,
                          "One section or setting, as text: tenants, listen.tls; without it the "
                          "whole page, as Markdown");
    choose_when_parsed(reference, policy_reference_);
    group->footer(policy_settings());
  }

  void add_keys() {
    auto* group = app_.add_subcommand("keys", "API keys; in force in a running gateway within 1 s");
    group->require_subcommand(1);
    auto* create = group->add_subcommand("create", "Make a key; the secret is printed once");
    add_config(*create, keys_create_.config);
    create->add_option("--tenant", keys_create_.tenant, "Whose key it is")->required();
    create->add_option("--name", keys_create_.name, "What people call it")->required();
    create->add_option("--user", keys_create_.user, "The person or service that will hold it");
    create->add_option("--models", keys_create_.models, "Only these models, comma-separated")
        ->delimiter(',');
    create->add_option("--endpoints", keys_create_.endpoints, "Only these, comma-separated")
        ->type_name("{chat,completions,embeddings}")
        ->delimiter(',');
    create->add_option("--expires", keys_create_.expires,
                       "When it ends: 90d (the default), 12h, a date, or never");
    create->add_option("--limit", keys_create_.limits,
                       "Narrower than the tenant's: " + limit_examples() + "; may be repeated");
    create->add_option("--env", keys_create_.env, "A word in the key, such as live or test")
        ->default_str("live");
    add_format(*create, keys_create_.json);
    add_quiet(*create, keys_create_.quiet, "The key alone, for a script");
    choose_when_parsed(create, keys_create_);

    auto* list = group->add_subcommand("list", "All keys, without secrets");
    add_config(*list, keys_list_.config);
    list->add_option("--tenant", keys_list_.tenant, "Only this tenant's");
    add_format(*list, keys_list_.json);
    choose_when_parsed(list, keys_list_);

    auto* show = group->add_subcommand("show", "One key");
    add_config(*show, keys_show_.config);
    show->add_option("KEY", keys_show_.handle, "Its id, its kid, or tenant/name")->required();
    add_format(*show, keys_show_.json);
    choose_when_parsed(show, keys_show_);

    auto* revoke = group->add_subcommand("revoke", "End a key for good");
    add_config(*revoke, keys_revoke_.config);
    revoke->add_option("KEY", keys_revoke_.handle, "Its id, its kid, or tenant/name")->required();
    revoke->add_flag("--now", keys_revoke_.now, "At once; it always is, and may be said");
    add_format(*revoke, keys_revoke_.json);
    add_quiet(*revoke, keys_revoke_.quiet);
    choose_when_parsed(revoke, keys_revoke_);
  }

  void add_signing() {
    auto* sign = app_.add_subcommand(
        "sign", "Sign a model, an adapter or a template, as model_signing does");
    add_sign_options(*sign, sign_);
    choose_when_parsed(sign, sign_);
    auto* verify = app_.add_subcommand(
        "verify",
        "Verify a signed model: who signed, for what, and every file. 0 only when all holds");
    add_verify_options(*verify, verify_);
    choose_when_parsed(verify, verify_);
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
    one_of(list->add_option("--format", rules_list_.format, "How it is written"),
           {"text", "json", "markdown"})
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
    auto* once = command->add_flag("--once", demo_.once,
                                   "Exit after the table: 0 only when every row holds");
    add_quiet(*command, demo_.quiet, "Only rows that do not hold")->needs(once);
    choose_when_parsed(command, demo_);
  }

  void add_pages() {
    auto* completion = app_.add_subcommand(
        "completion", "A script that has a shell complete commands, options and their values");
    completion->footer(
        "For one user; docs/commands.md says where it goes for all:\n"
        "  echo 'source <(gatehouse completion bash)' >> ~/.bashrc\n"
        "  gatehouse completion fish > ~/.config/fish/completions/gatehouse.fish\n");
    one_of(completion->add_option("SHELL", completion_.shell, "The shell that is to read it"),
           {"bash", "zsh", "fish"})
        ->required();
    choose_when_parsed(completion, completion_);

    auto* man = app_.add_subcommand("man", "The manual page of the program, or of one command");
    man->footer(
        "  gatehouse man | man -l -\n"
        "  gatehouse man policy check | man -l -\n");
    std::vector<std::string> commands;
    for (const CLI::App* command : app_.get_subcommands({}))
      commands.push_back(command->get_name());
    man->add_option("COMMAND", man_.words, "Without it, all of them in one page")
        ->type_name(in_braces(commands));
    choose_when_parsed(man, man_);
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
  Completion completion_;
  Man man_;
};

}  // namespace

Outline outline() {
  return Commands().outline();
}

Parsed parse(int argc, char** argv) {
  return Commands().parse(argc, argv);
}

}  // namespace gh::cli
