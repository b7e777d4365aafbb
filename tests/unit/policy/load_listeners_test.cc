#include "policy_cases.h"

namespace gh::policy {
namespace {

TEST(LoadListeners, RefusesUnsafeOnes) {
  const std::vector<Case> cases = {
      {"listening on a name",
       {{"127.0.0.1:8443", "gate.example:8443"}},
       {"3:14: `address`: `gate.example:8443` is not an address to listen on; write it like "
        "127.0.0.1:8443, [::1]:8443 or unix:/run/gatehouse.sock; what a name means may change: "
        "write the address"}},
      {"listening without port",
       {{"127.0.0.1:8443", "127.0.0.1"}},
       {"3:14: `address`: `127.0.0.1` is not an address to listen on; write it like"}},
      {"listening on every address the short way",
       {{"127.0.0.1:8443", "\"*:8443\""}},
       {"3:14: `address`: `*:8443` is not an address to listen on; write it like"}},
      {"a port beyond 65535",
       {{"127.0.0.1:8443", "127.0.0.1:65536"}},
       {"3:14: `address`: `127.0.0.1:65536` is not an address to listen on; write it like"}},
      {"a folder as a socket",
       {{"127.0.0.1:8443", "unix:run/"}},
       {"3:14: `address`: `unix:run/` is not a socket; write unix:/run/gatehouse.sock, or"}},
      {"a relative socket whose whole path is too long",
       {{"127.0.0.1:8443",
         "unix:"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaa"}},
       {"3:14: `address`: `unix:/nonexistent/aaaa"}},
      {"a socket path too long",
       {{"127.0.0.1:8443",
         "unix:/"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaa"}},
       {"3:14: `address`:"}},
      {"IPv6 without brackets",
       {{"127.0.0.1:8443", "::1:8443"}},
       {"3:14: `address`: `::1:8443` is not an address to listen on; write it like"}},
      {"a listener off loopback without tls",
       {{"127.0.0.1:8443", "0.0.0.0:8443"}},
       {"3:14: `address`: `0.0.0.0:8443` is reachable from outside and has no `tls`; add it,"}},
      {"an IPv6 listener off loopback without tls",
       {{"127.0.0.1:8443", "\"[2001:db8::1]:8443\""}},
       {"3:14: `address`: `[2001:db8::1]:8443` is reachable from outside and has no `tls`; add"}},
      {"admin off loopback",
       {{"127.0.0.1:9443", "10.0.0.1:9443"}},
       {"4:19: `address`: `10.0.0.1:9443` is reachable from outside; metrics need a credential"}},
      {"one address twice",
       {{"127.0.0.1:9443", "127.0.0.1:8443"}},
       {"4:19: `address`: `127.0.0.1:8443` is listened on already, at p.yaml:3:14"}},
      {"one address twice, in two ways",
       {{"127.0.0.1:9443", "localhost:8443"}},
       {"4:19: `address`: `127.0.0.1:8443` is listened on already, at p.yaml:3:14"}},
      {"one IPv6 address twice, in two ways",
       {{"127.0.0.1:8443", "\"[::1]:8443\""}, {"127.0.0.1:9443", "\"[0:0:0:0:0:0:0:1]:8443\""}},
       {"4:19: `address`: `[::1]:8443` is listened on already, at p.yaml:3:14; use another"}},
      {"one IPv4 address twice, once within IPv6",
       {{"127.0.0.1:9443", "\"[::ffff:7f00:1]:8443\""}},
       {"4:19: `address`: `127.0.0.1:8443` is listened on already, at p.yaml:3:14"}},
      {"a socket twice",
       {{"127.0.0.1:8443", "unix:/run/g.sock"}, {"127.0.0.1:9443", "unix:/run/./g.sock"}},
       {"4:19: `address`: `unix:/run/g.sock` is listened on already, at p.yaml:3:14; use another"}},
      {"a port of every address, and of one",
       {{"127.0.0.1:9443", "0.0.0.0:8443"}},
       {"4:19: `address`: `0.0.0.0:8443` cannot be listened on beside `127.0.0.1:8443`, at "
        "p.yaml:3:14: one of them takes the port on every address; use another port",
        "4:19: `address`: `0.0.0.0:8443` is reachable from outside"}},
      {"tls files that are not there",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    tls: { certificate: a.crt, key: { file: a.key }, "
         "client_ca: ca.pem }"}},
       {"4:25: `certificate`: cannot read `/nonexistent/a.crt`: No such file or directory; check "
        "the path",
        "4:45: `key`: cannot read `/nonexistent/a.key`: No such file or directory",
        "4:65: `client_ca`: cannot read `/nonexistent/ca.pem`: No such file or directory"}},
      {"tls without a key",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    tls: { certificate: /nonexistent/c }"}},
       {"4:5: `key` is missing in `tls`; write { file: PATH } or { credential: NAME }",
        "4:25: `certificate`: cannot read `/nonexistent/c`: No such file or directory"}},
      {"a key from the environment",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    tls: { certificate: /nonexistent/c, key: { env: KEY } "
         "}"}},
       {"4:25: `certificate`: cannot read `/nonexistent/c`: No such file or directory",
        "4:48: unknown source `env` of `key`; write { file: PATH } or { credential: NAME }"}},
      {"tls 1.1",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    tls: { certificate: /nonexistent/c, key: { file: "
         "/nonexistent/k }, min_version: 1.1 }"}},
       {"4:25: `certificate`: cannot read `/nonexistent/c`: No such file or directory",
        "4:54: `key`: cannot read `/nonexistent/k`: No such file or directory",
        "4:85: `min_version`: `1.1` is not one of 1.3, 1.2; did you mean `1.3`?"}},
      {"client certificates required and none accepted",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    tls: { certificate: /nonexistent/c, key: { file: "
         "/nonexistent/k }, required: true }"}},
       {"4:25: `certificate`: cannot read `/nonexistent/c`: No such file or directory",
        "4:54: `key`: cannot read `/nonexistent/k`: No such file or directory",
        "4:82: `required`: no client certificate can pass without `client_ca`; add it"}},
      {"trusted proxies without a way to tell",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [10.0.0.0/8] }"}},
       {"4:5: `address` is missing in `proxies`; write one of proxy-v2, x-forwarded-for"}},
      {"proxies without trust",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { address: proxy-v2 }"}},
       {"4:5: `trusted` is missing in `proxies`; write a list [ … ]"}},
      {"a network that is none",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [10.0.0.0/33], address: proxy-v2 "
         "}"}},
       {"4:26: `trusted`: `10.0.0.0/33` is not a network; write it like 10.0.0.0/8,"}},
      {"a network with host bits",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [10.0.0.1/8], address: proxy-v2 }"}},
       {"4:26: `trusted`: `10.0.0.1/8` has bits set after the first 8; write the network's own"}},
      {"trust for everybody",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [0.0.0.0/0], address: "
         "x-forwarded-for }"}},
       {"4:26: `trusted`: `0.0.0.0/0` lets every client say who it is; name the proxies"}},
      {"trust for every IPv6 address",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [\"::/0\"], address: "
         "x-forwarded-for }"}},
       {"4:26: `trusted`: `::/0` lets every client say who it is; name the proxies"}},
      {"all of IPv4 trusted by way of IPv6",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [\"::/1\", \"::/64\", \"::/80\", "
         "\"::fffe:0:0/95\", \"::ffff:0:0/96\"], address: x-forwarded-for }"}},
       {"4:26: `trusted`: `::/1` holds all of IPv4 and lets every client say who it is; name the",
        "4:34: `trusted`: `::/64` holds all of IPv4 and lets every client say who it is; name the",
        "4:43: `trusted`: `::/80` holds all of IPv4 and lets every client say who it is; name the",
        "4:52: `trusted`: `::fffe:0:0/95` holds all of IPv4 and lets every client say",
        "4:69: `trusted`: `::ffff:0:0/96` holds all of IPv4 and lets every client say"}},
      {"unix trusted on a port",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [unix], address: proxy-v2 }"}},
       {"4:26: `trusted`: `unix` matches nobody on `127.0.0.1:8443`; write networks like"}},
      {"networks trusted on a socket",
       {{"  - address: 127.0.0.1:8443",
         "  - address: unix:/run/g.sock\n    proxies: { trusted: [10.0.0.0/8], address: proxy-v2 "
         "}"}},
       {"4:26: `trusted`: `10.0.0.0/8` matches nobody on `unix:/run/g.sock`; write `unix`"}},
      {"an IPv6 network where IPv4 connects",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [\"fd00::/8\"], address: proxy-v2 "
         "}"}},
       {"4:26: `trusted`: `fd00::/8` matches nobody on `127.0.0.1:8443`, where IPv4 only connects; "
        "write networks like 10.0.0.0/8"}},
      {"both, where only one can connect",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [10.0.0.0/8, \"::1\"], address: "
         "proxy-v2 }"}},
       {"4:38: `trusted`: `::1` matches nobody on `127.0.0.1:8443`, where IPv4 only connects"}},
      {"IPv4 networks where IPv6 connects",
       {{"  - address: 127.0.0.1:8443",
         "  - address: \"[::1]:8443\"\n    proxies: { trusted: [192.0.2.7, "
         "\"::ffff:10.0.0.0/104\"], address: proxy-v2 }"}},
       {"4:26: `trusted`: `192.0.2.7` matches nobody on `[::1]:8443`, where IPv6 only connects; "
        "write networks like fd00::/8",
        "4:37: `trusted`: `::ffff:10.0.0.0/104` matches nobody on `[::1]:8443`, where IPv6 only"}},
      {"no network of a proxy that can connect, although hops may have one",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [\"fd00::/8\", \"2001:db8::/32\"], "
         "address: x-forwarded-for }"}},
       {"4:26: `trusted`: `fd00::/8` matches nobody on `127.0.0.1:8443`, where IPv4 only connects",
        "4:38: `trusted`: `2001:db8::/32` matches nobody on `127.0.0.1:8443`, where IPv4 only"}},
      {"an IPv6 network on an IPv4 address written as IPv6",
       {{"  - address: 127.0.0.1:8443",
         "  - address: \"[::ffff:127.0.0.1]:8443\"\n    proxies: { trusted: [\"fd00::/8\"], "
         "address: proxy-v2 }"}},
       {"4:26: `trusted`: `fd00::/8` matches nobody on `127.0.0.1:8443`, where IPv4 "
        "only"}},
      {"a network of another family on an address that is none",
       {{"  - address: 127.0.0.1:8443",
         "  - address: nowhere:8443\n    proxies: { trusted: [\"fd00::/8\"], address: proxy-v2 }"}},
       {"3:14: `address`: `nowhere:8443` is not an address to listen on; write it like"}},
      {"a way to tell that is none",
       {{"  - address: 127.0.0.1:8443",
         "  - address: 127.0.0.1:8443\n    proxies: { trusted: [10.0.0.0/8], address: forwarded "
         "}"}},
       {"4:48: `address`: `forwarded` is not one of proxy-v2, x-forwarded-for"}},
  };
  expect_problems(cases);
}

}  // namespace
}  // namespace gh::policy
