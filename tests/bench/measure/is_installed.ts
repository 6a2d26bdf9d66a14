import { join } from "node:path";

/** Tells whether every one of these programs is on the path. */
export function areInstalled(programs: readonly string[]): boolean {
  return programs.every(isInstalled);
}

function isInstalled(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(join(folder, program)).isFile;
    } catch {
      // A folder of the path that is not there, or has no such program.
      return false;
    }
  });
}
