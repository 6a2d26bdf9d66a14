import assert from "node:assert/strict";
import { isLoopback, peerAddress } from "../../src/auth/peer_address.ts";

Deno.test("peerAddress() believes X-Forwarded-For from trusted proxies alone", () => {
  const proxies = ["127.0.0.1", "172.16.0.0/12", "fd00::/8"];
  const cases: [string, string | null, string[], string][] = [
    ["203.0.113.9", "1.1.1.1", [], "203.0.113.9"],
    ["203.0.113.9", "1.1.1.1", proxies, "203.0.113.9"],
    ["127.0.0.1", null, proxies, "127.0.0.1"],
    ["127.0.0.1", "203.0.113.9", proxies, "203.0.113.9"],
    ["127.0.0.1", "6.6.6.6, 203.0.113.9, 172.20.0.3", proxies, "203.0.113.9"],
    ["172.32.0.1", "203.0.113.9", proxies, "172.32.0.1"],
    ["127.0.0.1", "172.20.0.3, 172.20.0.4", proxies, "172.20.0.3"],
    ["127.0.0.1", "unknown", proxies, "127.0.0.1"],
    ["127.0.0.1", "203.0.113.9, <script>", proxies, "127.0.0.1"],
    ["127.0.0.1", "203.0.113.9:4711", proxies, "203.0.113.9"],
    ["127.0.0.1", "[2001:db8::1]:4711", proxies, "2001:db8::1"],
    ["::ffff:127.0.0.1", "203.0.113.9", proxies, "203.0.113.9"],
    ["::ffff:7f00:1", "::ffff:203.0.113.9", proxies, "203.0.113.9"],
    ["fd12::5", "203.0.113.9", proxies, "203.0.113.9"],
    ["fe80::1%eth0", null, [], "fe80::1"],
  ];
  for (const [remote, header, trusted, expected] of cases) {
    assert.equal(peerAddress(remote, header, trusted), expected, `${remote} ${header}`);
  }
});

Deno.test("isLoopback() knows this machine by all its names", () => {
  for (const address of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) {
    assert.equal(isLoopback(address), true, address);
  }
  for (const address of ["10.0.0.1", "::2", "1127.0.0.1", "", "localhost"]) {
    assert.equal(isLoopback(address), false, address);
  }
});
