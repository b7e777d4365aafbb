#pragma once
// Refusals that more than one step gives, in their words.

#include <cstddef>
#include <string>
#include <string_view>

#include "http/client.h"
#include "http/glitch.h"
#include "limits/table.h"
#include "policy/refusal.h"

namespace gh::gateway {

// The rule of a listener: "listen[0].timeouts.head".
std::string listener_rule(std::size_t listener, std::string_view setting);

// What is not HTTP, or came too slowly.
policy::Refusal http_refusal(http::Glitch glitch, std::size_t listener);

// A client that does not take its answer in the time of that setting: for the log alone.
policy::Refusal slow_reader_refusal(std::size_t listener, std::string_view setting);

policy::Refusal rate_refusal(const limits::Denial& denial);

// The upstream could not be asked, or broke off, or does not speak HTTP.
policy::Refusal failure_refusal(http::ClientFailure failure);
// What it says is no answer of the API.
policy::Refusal invalid_answer();

}  // namespace gh::gateway
