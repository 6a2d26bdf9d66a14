/**
 * The product in a process that is to be killed: opens the house, does one thing, and dies at a moment of a test's
 * choice or lives to tell.
 *
 * `killable_product.ts ROOT JSON`, where JSON is a {@linkcode ProductOrder}. Prints `begun` when the house is open,
 * and one line of JSON at the end.
 */
import { openApp } from "../../src/app.ts";
import { isAppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { loadConfig } from "../../src/config/load.ts";
import { FakeClock } from "./fake_clock.ts";
import { recordingLog } from "./recording_log.ts";

/** What the process is to do. */
export interface ProductOrder {
  /** `open`: only start, which completes what was interrupted. */
  readonly verb: "open" | "create" | "restore" | "undo" | "remove" | "upload";
  /** The backup that the verb is about; for an upload, the file to send. */
  readonly target?: string;
  /** Die at this fail point; at any, when absent … */
  readonly killAt?: string;
  /** … when it is reached for the nth time, from 1; never, when absent. */
  readonly killCount?: number;
  /** What the clock shows, milliseconds since the epoch; the machine's own when absent. */
  readonly now?: number;
  /** The variables of the configuration. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the process told. */
export interface ProductAnswer {
  /** The fail points it came by. */
  readonly passed: readonly string[];
  /** The code of what went wrong. */
  readonly code: string | null;
  readonly log: readonly string[];
}

async function obey(root: string, order: ProductOrder): Promise<string | null> {
  const { config, secrets } = await loadConfig({
    configPath: `${root}/config/config.yaml`,
    root,
    workingFolder: root,
    env: order.env,
  });
  await using app = await openApp(config, secrets, {
    log,
    environment: order.env,
    ...order.now === undefined ? {} : { clock: new FakeClock(order.now) },
  });
  print("begun");
  const { target = "" } = order;
  try {
    if (order.verb === "create") await (await app.manager.create({ actor: "test" })).result;
    if (order.verb === "restore") {
      await (await app.manager.restore({ backupId: target, actor: "test" })).result;
    }
    if (order.verb === "undo") await (await app.manager.undoRestore({ actor: "test" })).result;
    if (order.verb === "remove") await app.manager.remove(target, { actor: "test" });
    if (order.verb === "upload") {
      const body = (await Deno.open(target)).readable;
      const fileName = target.split("/").at(-1) ?? null;
      await app.manager.upload({ body, fileName, expectedBytes: null, actor: "test" });
    }
    return null;
  } catch (error) {
    log.error("backup.failed", { error });
    return isAppError(error) ? error.code : String(error);
  }
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

const log = recordingLog();

if (import.meta.main) {
  const [root = "", text = "{}"] = Deno.args;
  const order: ProductOrder = JSON.parse(text);
  const passed: string[] = [];
  let count = 0;
  installFailPoints((name) => {
    passed.push(name);
    if (order.killAt !== undefined && name !== order.killAt) return;
    count += 1;
    if (count === order.killCount) Deno.kill(Deno.pid, "SIGKILL");
  });
  const code = await obey(root, order);
  print(JSON.stringify({ passed, code, log: log.lines } satisfies ProductAnswer));
}
