import type { JobDocument, Jobs } from "../jobs/types.ts";

/** Most often that a change is sent; in between, only the newest state is kept. */
const GAP_MS = 250;

/** Least often that a state is sent while the job runs, changed or not: proxies keep the connection open. */
const BEAT_MS = 1000;

/**
 * Streams one job as server-sent events: `progress` at least once a second while it runs, then `end`.
 *
 * A slow reader skips states and never makes the server keep more than one; a reader that goes away ends
 * the stream and nothing else.
 *
 * @param present The job as it is now.
 * @param options `write`: makes the event's data; `onClose`: called once when the stream is over.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamJob(
  jobs: Pick<Jobs, "watch">,
  present: JobDocument,
  options: { write: (job: JobDocument) => string; onClose: () => void },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const frame = (job: JobDocument) => {
    const name = job.state === "running" ? "progress" : "end";
    return encoder.encode(`event: ${name}\ndata: ${options.write(job)}\n\n`);
  };
  let close = () => {};
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      if (present.state !== "running") {
        controller.enqueue(frame(present));
        options.onClose();
        return controller.close();
      }
      let latest = present;
      let isChanged = true;
      let quietMs = 0;
      const stop = () => {
        clearInterval(timer);
        watching[Symbol.dispose]();
        options.onClose();
      };
      const tick = () => {
        quietMs += GAP_MS;
        const isDue = isChanged || quietMs >= BEAT_MS;
        if (!isDue || (controller.desiredSize ?? 0) <= 0) return;
        controller.enqueue(frame(latest));
        isChanged = false;
        quietMs = 0;
      };
      const timer = setInterval(tick, GAP_MS);
      controller.enqueue(frame(present));
      const watching = jobs.watch(present.job_id, (job) => {
        latest = job;
        isChanged = true;
        // Deferred: the first call comes before `watching` has its value.
        if (job.state !== "running") queueMicrotask(() => close());
      });
      let isClosed = false;
      close = () => {
        if (isClosed) return;
        isClosed = true;
        stop();
        if (latest.state === "running") return;
        controller.enqueue(frame(latest));
        controller.close();
      };
    },
    cancel: () => close(),
  }, new CountQueuingStrategy({ highWaterMark: 4 }));
}
