const TOUCH_MEMORY = new URL("./touch_memory.ts", import.meta.url).pathname;

/**
 * Touches a gibibyte of memory, so that the program that runs next does not wait for it.
 *
 * The host of a virtual machine hands memory out page by page, to whoever is the first to write there, and takes it back a
 * second or two after it has become free: a GiB of new files took 1 to 2.5 s of a core, and 0.16 s where the memory was still
 * there. More than is used at once would be taken back while the next program runs.
 */
export async function warmMemory(): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-sys=systemMemoryInfo", TOUCH_MEMORY],
  }).output();
  if (!success) throw new Error(`touch_memory: ${new TextDecoder().decode(stderr)}`);
}
