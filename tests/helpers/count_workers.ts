/** How many threads of this process are workers; Linux only. */
export async function countWorkers(): Promise<number> {
  let count = 0;
  for await (const { name } of Deno.readDir("/proc/self/task")) {
    // A thread that has just ended has none.
    const comm = await Deno.readTextFile(`/proc/self/task/${name}/comm`).catch(() => "");
    if (comm.startsWith("worker-")) count += 1;
  }
  return count;
}
