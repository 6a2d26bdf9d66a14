import process from "node:process";
import { run } from "./run.ts";

const NOBODY = 65534;

/** Root may do anything, so this process becomes somebody who may not; whoever is not root stays who he is. */
export function becomeNobody(): void {
  if (Deno.uid() !== 0) return;
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

/** Gives a folder, with all that it holds, to whom {@linkcode becomeNobody} makes of root. */
export async function giveToNobody(folder: string): Promise<void> {
  if (Deno.uid() === 0) await run("chown", ["-R", `${NOBODY}:${NOBODY}`, folder]);
}
