import type { Config } from "../../src/config/types.ts";
import { run } from "./run.ts";

/** Mounts that nobody sees but the programs started within; they are gone with it, even when a test is killed. */
export interface MountNamespace extends AsyncDisposable {
  /** Words that, put before a program's own, start it within. */
  readonly enter: readonly string[];
  /** Mounts something, with the words of mount(8). */
  mount(...args: string[]): Promise<void>;
  /** Takes a mount away. */
  unmount(path: string): Promise<void>;
  /** A library's configuration with the paths by which this process, outside, sees what is within. */
  view(config: Config): Config;
}

/** With the right to mount, and without it: a user of its own, who has it there. */
const WAYS = [
  { unshare: ["--mount"], enter: ["--mount"] },
  {
    unshare: ["--user", "--map-root-user", "--mount"],
    enter: ["--user", "--preserve-credentials", "--mount"],
  },
] as const;

const way = WAYS.find(({ unshare }) => succeeds("unshare", ...unshare, "true"));

if (way === undefined) {
  // deno-lint-ignore no-console -- whoever reads the run has to know what it left out
  console.warn("Tests with real mounts are left out: unshare(1) may make no mount namespace here");
}

/** Registers a test that mounts; where that is not permitted it is ignored, and fails under CI. */
export function mountTest(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({ name, ignore: way === undefined, fn });
}

/** Makes a {@linkcode MountNamespace} in which nothing is mounted yet. */
export async function mountNamespace(): Promise<MountNamespace> {
  if (way === undefined) throw new Error("mounting is not permitted");
  // It holds the namespace until its input ends, and answers once it is in there.
  const holder = new Deno.Command("unshare", {
    args: [...way.unshare, "--propagation", "private", "cat"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = holder.stdin.getWriter();
  const output = holder.stdout.getReader();
  await input.write(new Uint8Array([10]));
  await output.read();
  const enter = ["nsenter", "--target", String(holder.pid), ...way.enter];
  const seen = (path: string) => `/proc/${holder.pid}/root${path}`;
  const within = async (...words: string[]) => {
    const [command = "", ...args] = [...enter, ...words];
    await run(command, args);
  };
  return {
    enter,
    mount: (...args) => within("mount", ...args),
    unmount: (path) => within("umount", path),
    view: (config) => ({
      ...config,
      covers: seen(config.covers),
      path: config.path === null ? null : seen(config.path),
      database: { ...config.database, path: seen(config.database.path) },
    }),
    [Symbol.asyncDispose]: async () => {
      await input.close();
      await output.cancel();
      await holder.status;
    },
  };
}

function succeeds(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
