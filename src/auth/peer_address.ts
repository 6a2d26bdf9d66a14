import { BlockList, isIP } from "node:net";

/**
 * Finds out who is asking, believing `X-Forwarded-For` only where a trusted proxy wrote it.
 *
 * The header is read from its end, where the nearest proxy appends: the first address that is not a trusted
 * proxy is the peer. Whatever stands before it may be the peer's own invention.
 *
 * @param remote Address of the connection's other end.
 * @param forwardedFor The header, if any.
 * @param trustedProxies Addresses and blocks (`172.16.0.0/12`).
 * @returns An IP address; one of IPv4 without its IPv6 wrapping.
 */
export function peerAddress(
  remote: string,
  forwardedFor: string | null | undefined,
  trustedProxies: readonly string[],
): string {
  let peer = plainAddress(remote) ?? remote;
  if (trustedProxies.length === 0) return peer;
  const isTrusted = trustChecker(trustedProxies);
  const hops = (forwardedFor ?? "").split(",").map(plainAddress);
  while (isTrusted(peer)) {
    const hop = hops.pop();
    if (hop === undefined || hop === null) return peer;
    peer = hop;
  }
  return peer;
}

/** Tells whether an address is this machine itself. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || (plain !== null && /^127\./.test(plain));
}

/** An address without brackets, port, zone or IPv6 wrapping; `null` when it is none. */
function plainAddress(text: string): string | null {
  const bare = text.trim().replace(/^\[([^\]]*)\](?::\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1").replace(/%.*$/, "");
  if (isIP(bare) === 0) return null;
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (dotted !== undefined) return dotted;
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(bare);
  if (hex === null) return bare.toLowerCase();
  const [high, low] = [parseInt(hex[1] ?? "0", 16), parseInt(hex[2] ?? "0", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function trustChecker(trustedProxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const block of trustedProxies) {
    const [text = "", prefix] = block.split("/");
    const address = plainAddress(text);
    if (address === null) continue;
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) =>
    isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}
