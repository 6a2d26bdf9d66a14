import { dirname } from "node:path";

/**
 * Names the volume that holds a file: the topmost folder on the same device.
 *
 * `/proc/self/mountinfo` would tell exactly, but Deno shows it only to a process with every permission. A container
 * lets the process see its own folders only, so the first one that cannot be looked at ends the way up.
 *
 * @param path An existing file or folder, absolute.
 */
export function mountPoint(path: string): string {
  const { dev, isDirectory } = Deno.statSync(path);
  let top = isDirectory ? path : dirname(path);
  while (dirname(top) !== top && deviceOf(dirname(top)) === dev) top = dirname(top);
  return top;
}

function deviceOf(folder: string): number | null {
  try {
    return Deno.statSync(folder).dev;
  } catch {
    // Not ours to see: as far as this process can tell, the volume begins below it.
    return null;
  }
}
