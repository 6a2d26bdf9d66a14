import { AppError, type ErrorCode } from "../../src/base/errors.ts";
import type { Target } from "../../src/targets/target.ts";

/** What goes wrong, once for each time it stands in the list. */
export interface Fault {
  readonly call: "probe" | "put" | "get" | "read" | "stat" | "list" | "remove" | "space";
  readonly code: ErrorCode;
  readonly details?: Record<string, unknown>;
  /** `after`: the work was done, and the answer is lost. Default `before`. */
  readonly when?: "before" | "after";
}

/** A target whose next calls go wrong as a test wants; `calls` counts them. */
export function faulty(target: Target, faults: Fault[]): Target & { readonly calls: string[] } {
  const calls: string[] = [];
  const strike = (call: Fault["call"], when: Fault["when"]) => {
    const index = faults.findIndex((fault) =>
      fault.call === call && (fault.when ?? "before") === when
    );
    const [fault] = index === -1 ? [] : faults.splice(index, 1);
    if (fault !== undefined) throw new AppError(fault.code, fault.details);
  };
  const run = async <Result>(call: Fault["call"], work: () => Promise<Result>) => {
    calls.push(call);
    strike(call, "before");
    const result = await work();
    strike(call, "after");
    return result;
  };
  return {
    calls,
    kind: target.kind,
    abilities: target.abilities,
    probe: (options) => run("probe", () => target.probe(options)),
    put: (name, source, options) => run("put", () => target.put(name, source, options)),
    get: (name, options) =>
      run("get", async () => {
        const stream = await target.get(name, options);
        // The fault comes with the second chunk: some bytes are there already.
        let chunks = 0;
        return stream.pipeThrough(
          new TransformStream({
            transform: (chunk, controller) => {
              if (chunks++ === 1) strike("read", "before");
              controller.enqueue(chunk);
            },
          }),
        );
      }),
    stat: (name, options) => run("stat", () => target.stat(name, options)),
    async *list(prefix, options) {
      calls.push("list");
      let given = 0;
      for await (const object of target.list(prefix, options)) {
        // In the middle, as when a later page of the listing fails.
        if (given++ === 1) strike("list", "before");
        yield object;
      }
    },
    remove: (name, options) => run("remove", () => target.remove(name, options)),
    space: (options) => run("space", () => target.space(options)),
    sweep: (options) => target.sweep(options),
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}
