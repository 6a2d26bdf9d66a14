import type { Notice } from "../base/messages/mod.ts";
import { usageError } from "./usage_error.ts";

/** Says why an address cannot be listened on: a mistake in the configuration. Any other error stays as it is. */
export function listenError(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): unknown {
  const why = explain(error, port);
  if (why === null) return error;
  return usageError({
    zh: `无法监听 ${host}:${port}: ${why.zh}`,
    en: `Cannot listen on ${host}:${port}: ${why.en}`,
  });
}

function explain(error: unknown, port: number): Notice | null {
  if (error instanceof Deno.errors.AddrInUse) {
    return {
      zh: "端口已被占用；请改 server.port 或 SERVER_PORT",
      en: "it is in use; set server.port or SERVER_PORT",
    };
  }
  if (error instanceof Deno.errors.AddrNotAvailable || isInvalid(error)) {
    return {
      zh: "本机没有这个地址；请改 server.host 或 SERVER_HOST，0.0.0.0 表示所有地址",
      en: "this machine has no such address; set server.host or SERVER_HOST, 0.0.0.0 for every one",
    };
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return port > 0 && port < FIRST_FREE_PORT
      ? {
        zh:
          `${FIRST_FREE_PORT} 以下的端口只有 root 可以使用；请改 server.port 或 SERVER_PORT，由反向代理转发`,
        en:
          `ports below ${FIRST_FREE_PORT} are for root alone; set server.port or SERVER_PORT, and let a proxy lead there`,
      }
      : { zh: "系统不允许", en: "the system does not permit it" };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return {
      zh: "没有给 Deno 监听的权限；请用 deno task start，或加上 --allow-net",
      en: "Deno has no permission for it; use deno task start, or add --allow-net",
    };
  }
  if (error instanceof Error && /lookup address|invalid host/i.test(error.message)) {
    return {
      zh: "没有这个主机名；请改 server.host 或 SERVER_HOST，0.0.0.0 表示所有地址",
      en:
        "there is no host of that name; set server.host or SERVER_HOST, 0.0.0.0 for every address",
    };
  }
  return null;
}

/** An address of the link alone, or of a family that this machine does not speak. */
function isInvalid(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "EINVAL" || error.code === "EAFNOSUPPORT");
}

const FIRST_FREE_PORT = 1024;
