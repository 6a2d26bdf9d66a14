import { join } from "node:path";
import { startProcess } from "./process.ts";
import { copyFolder } from "../helpers/test_library.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const PROJECT = join(import.meta.dirname ?? ".", "..", "..");

/** A clone of the project with its demo running, as a newcomer has them after README's first command. */
export interface World extends AsyncDisposable {
  /** The clone. */
  readonly clone: string;
  /** A folder for whatever a block makes. */
  readonly scratch: string;
  /** Of the demo. */
  readonly port: number;
  readonly password: string;
  /** Where programs that stand in for Docker and the like are put, first in PATH. */
  readonly programs: string;
  /** Runs a script that fails at its first mistake; returns what it printed. */
  shell(script: string, cwd: string): Promise<string>;
  /** Puts a program into PATH. */
  provide(name: string, script: string): Promise<void>;
}

/** Makes a {@linkcode World}. */
export async function openWorld(): Promise<World> {
  const folder = await tempFolder();
  const [clone, scratch, programs] = ["clone", "scratch", "programs"]
    .map((name) => join(folder.path, name)) as [string, string, string];
  for (const path of [scratch, programs]) await Deno.mkdir(path, { recursive: true });
  await copyFolder(join(PROJECT, "src"), join(clone, "src"));
  for (const name of ["deno.json", "deno.lock", "config.yaml"]) {
    await Deno.copyFile(join(PROJECT, name), join(clone, name));
  }
  const provide = async (name: string, script: string) => {
    await Deno.writeTextFile(join(programs, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  };
  await provide("deno", `exec '${Deno.execPath()}' "$@"`);
  const path = `${programs}:${Deno.env.get("PATH")}`;
  const demo = startProcess([join(programs, "deno"), "task", "demo"], {
    cwd: clone,
    env: { PATH: path, LC_ALL: "C" },
  });
  const greeting = await demo.output(/Ctrl-C stops it/);
  return {
    clone,
    scratch,
    programs,
    port: Number(/open +http:\/\/127\.0\.0\.1:(\d+)\//.exec(greeting)?.[1]),
    password: /password +(\S+)/.exec(greeting)?.[1] ?? "",
    provide,
    shell: async (script, cwd) => {
      const command = ["-c", `set -euo pipefail; export PATH='${path}' LC_ALL=C\n${script}`];
      return (await run("bash", command, { cwd })).stdout;
    },
    [Symbol.asyncDispose]: async () => {
      await demo[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
