/** How many threads of this process are workers; Linux only. */
export function countWorkers(): number {
  return [...Deno.readDirSync("/proc/self/task")].filter(({ name }) => isWorker(name)).length;
}

function isWorker(thread: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/self/task/${thread}/comm`).startsWith("worker-");
  } catch {
    return false; // It has just ended.
  }
}
