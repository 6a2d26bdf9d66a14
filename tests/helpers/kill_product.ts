import { join } from "node:path";
import type { ProductAnswer, ProductOrder } from "./killable_product.ts";
import { TextLineStream } from "./text_lines.ts";

const SCRIPT = join(import.meta.dirname ?? ".", "killable_product.ts");

/** How a process of {@linkcode killProduct} ended. */
export interface ProductEnd extends ProductAnswer {
  /** It did not live to answer. */
  readonly killed: boolean;
  /** How long it worked after opening the house. */
  readonly workedMs: number;
  readonly stderr: string;
}

/**
 * Runs the product in a process of its own and ends it as `kill -9` does: at the order's fail point, or some time
 * after it began to work, whichever comes first.
 *
 * @param root The library.
 * @param options `afterMs`: this long after it began.
 */
export async function killProduct(
  root: string,
  order: ProductOrder,
  options: { afterMs?: number } = {},
): Promise<ProductEnd> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", SCRIPT, root, JSON.stringify(order)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begunAt: number | null = null;
  let answer: ProductAnswer = { passed: [], code: null, log: [] };
  for await (const line of child.stdout.pipeThrough(new TextLineStream())) {
    if (line !== "begun") {
      answer = JSON.parse(line);
      continue;
    }
    begunAt = performance.now();
    if (options.afterMs !== undefined) {
      timer = setTimeout(() => kill(child), options.afterMs);
    }
  }
  const { code } = await child.status;
  clearTimeout(timer);
  return {
    ...answer,
    killed: code === 137,
    workedMs: begunAt === null ? 0 : performance.now() - begunAt,
    stderr: await stderr,
  };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It came to its end first.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
