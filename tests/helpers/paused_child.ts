import assert from "node:assert/strict";
import { join } from "node:path";
import type { ChildOrder } from "./restore_child.ts";
import { TextLineStream } from "./text_lines.ts";

/** A restoring process that stands still where it was told to. */
export interface PausedChild extends AsyncDisposable {
  /** Lets it go on to its end, and kills it when that does not come. @returns Its exit code and what it printed. */
  goOn(): Promise<{ code: number; stderr: string; answer: string | undefined }>;
}

const PATIENCE_MS = 60_000;
const CHILD = join(import.meta.dirname ?? ".", "restore_child.ts");

/** Starts a child and waits until it has come to `order.pauseAt`. */
export async function pausedChild(
  root: string,
  order: ChildOrder & { readonly pauseAt: string },
): Promise<PausedChild> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", CHILD, root, JSON.stringify(order)],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextLineStream()).getReader();
  const stderr = new Response(child.stderr).text();
  const input = child.stdin.getWriter();
  const first = await lines.read();
  let ended = false;
  const end = child.status.then(({ code }) => {
    ended = true;
    return code;
  });
  if (first.value !== "paused") assert.fail(`${first.value} ${await stderr}`);
  return {
    goOn: async () => {
      const patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await input.write(new Uint8Array([10]));
      const { value: answer } = await lines.read();
      const code = await end;
      clearTimeout(patience);
      return { answer, code, stderr: await stderr };
    },
    [Symbol.asyncDispose]: async () => {
      if (!ended) child.kill("SIGKILL");
      await Promise.all([end, stderr, lines.cancel()]);
      // The other end is gone by now.
      await input.close().catch(() => {});
    },
  };
}
