import type { MiddlewareHandler } from "hono";
import { peerAddress } from "../../auth/peer_address.ts";
import { chooseLanguage } from "../../base/messages/mod.ts";
import type { HttpEnv } from "../environment.ts";

/** Notes from where a request comes and which language its answer is in. */
export function reader(options: { trustedProxies: readonly string[] }): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    c.set("language", chooseLanguage(c.req.header("Accept-Language")));
    c.set(
      "peer",
      peerAddress(connectedAddress(c.env), c.req.header("X-Forwarded-For"), options.trustedProxies),
    );
    await next();
  };
}

/** Address of the other end of the connection itself, proxies or not. */
export function connectedAddress(info: HttpEnv["Bindings"] | undefined): string {
  const address = info?.remoteAddr;
  return address !== undefined && "hostname" in address ? address.hostname : "";
}
