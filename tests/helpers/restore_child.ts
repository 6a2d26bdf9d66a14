/**
 * A process that restores, or recovers, and is killed at a moment of a test's choice.
 *
 * `restore_child.ts ROOT JSON`, where JSON is a {@linkcode ChildOrder}. Prints one line of JSON at the end.
 */
import { isAppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import type { RestoreRequest } from "../../src/backup/types.ts";
import { loadConfig } from "../../src/config/load.ts";
import { becomeNobody } from "./nobody.ts";
import { restoreHouse } from "./restore_house.ts";

/** What a child is to do. */
export interface ChildOrder {
  readonly verb: "restore" | "recover" | "undo" | "rollback" | "resume";
  readonly request?: Partial<RestoreRequest>;
  /** Kill the process at this fail point … */
  readonly killAt?: string;
  /** … when it is reached for the nth time; default 1. */
  readonly killCount?: number;
  /** Throw at this fail point … */
  readonly failAt?: string;
  /** … from the nth time on; default 1 … */
  readonly failCount?: number;
  /** … so many times; default every time. */
  readonly failTimes?: number;
  /** Print a line at this fail point and go on after a byte of input … */
  readonly pauseAt?: string;
  /** … when it is reached for the nth time; default 1. */
  readonly pauseCount?: number;
  /** Root may do anything, so it becomes somebody who may not; see `asNobody()`. */
  readonly asNobody?: boolean;
  /** How long overwriting the database may stand still; default the product's. */
  readonly stallTimeoutMs?: number;
}

if (import.meta.main) {
  const [root = "", text = "{}"] = Deno.args;
  const order: ChildOrder = JSON.parse(text);
  const { config } = await loadConfig({
    configPath: `${root}/config/config.yaml`,
    root,
    workingFolder: root,
    env: { TZ: "Asia/Shanghai" },
  });
  const house = await restoreHouse(config, {
    sleep: () => Promise.resolve(),
    lockTimeoutMs: 2000,
    ...order.stallTimeoutMs === undefined ? {} : { stallTimeoutMs: order.stallTimeoutMs },
  });
  if (order.asNobody) becomeNobody();
  const seen = { fail: 0, pause: 0, kill: 0 };
  installFailPoints((name) => {
    if (name === order.failAt) {
      seen.fail += 1;
      const nth = seen.fail - (order.failCount ?? 1);
      if (nth >= 0 && nth < (order.failTimes ?? Infinity)) {
        throw new Error(`made to fail at ${name}`);
      }
    }
    if (name === order.pauseAt && ++seen.pause === (order.pauseCount ?? 1)) pause();
    if (name !== order.killAt) return;
    seen.kill += 1;
    if (seen.kill >= (order.killCount ?? 1)) Deno.kill(Deno.pid, "SIGKILL");
  });
  const answer: Record<string, unknown> = { result: null, code: null, details: null };
  try {
    if (order.verb === "recover") await house.restorer.recover();
    if (order.verb === "rollback" || order.verb === "resume") {
      await house.restorer.resolve({ action: order.verb, actor: "test" });
    }
    if (order.verb === "restore") {
      const request = { backupId: "", actor: "test", ...order.request };
      answer["result"] = await (await house.restorer.start(request)).result;
    }
    if (order.verb === "undo") {
      answer["result"] = await (await house.restorer.undo({ actor: "test" })).result;
    }
  } catch (error) {
    answer["code"] = isAppError(error) ? error.code : String(error);
    answer["details"] = isAppError(error) ? error.details : null;
  }
  answer["status"] = house.restorer.status();
  answer["log"] = house.log.lines;
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(answer) + "\n"));
}

/** Stands still, without giving anything else of this process a turn. */
function pause(): void {
  Deno.stdout.writeSync(new TextEncoder().encode("paused\n"));
  Deno.stdin.readSync(new Uint8Array(1));
}
