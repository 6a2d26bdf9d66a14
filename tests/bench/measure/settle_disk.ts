import { areInstalled } from "./is_installed.ts";

/** Has the kernel write out what others have written, so that nobody pays at the disk for whoever came before. */
export async function settleDisk(): Promise<void> {
  if (areInstalled(["sync"])) await new Deno.Command("sync").output();
}
