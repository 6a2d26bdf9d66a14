import { join } from "node:path";
import type { Contestant } from "./contestant.ts";

const SCRIPT = join(import.meta.dirname ?? ".", "..", "python", "original.py");

/** The original service's algorithm, in Python. */
export const original: Contestant = {
  name: "original (Python)",
  needs: ["python3"],
  create: ({ library, work }) => {
    const made = join(work, "backup.zip");
    return Promise.resolve({ command: ["python3", SCRIPT, "create", library, made], made });
  },
  validate: ({ archive }) => Promise.resolve({ command: ["python3", SCRIPT, "validate", archive] }),
  restore: ({ archive, target }) =>
    Promise.resolve({ command: ["python3", SCRIPT, "restore", archive, target] }),
};
