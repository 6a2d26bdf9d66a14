import { join } from "node:path";

const WRITER = join(import.meta.dirname ?? ".", "wal_writer.ts");

/** A process that writes into a library, as the library itself does, while others work. */
export class BusyLibrary {
  readonly #child: Deno.ChildProcess;

  /** Starts writing. */
  constructor(databasePath: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", WRITER, databasePath],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  }

  /** Stops writing; gives how long each commit waited, in milliseconds. */
  async stop(): Promise<number[]> {
    await this.#child.stdin.close();
    const { stdout } = await this.#child.output();
    return JSON.parse(new TextDecoder().decode(stdout));
  }
}
