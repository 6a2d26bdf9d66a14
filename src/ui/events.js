/**
 * A job's progress as server-sent events, read by `fetch`: `EventSource` cannot send a header, and a token does not
 * belong in a URL.
 *
 * @module
 */
import { api } from "./api.js";

/**
 * Reads a job's events until it ends.
 *
 * @param {string} jobId
 * @param {(job: Record<string, any>) => void} onJob Called with each state of the job.
 * @param {AbortSignal} signal
 * @param {string} [token] A restore's own; default the session's.
 * @returns {Promise<boolean>} Whether the end was seen; `false` when the stream broke off.
 */
export async function readJobEvents(jobId, onJob, signal, token) {
  const response = await api.events(jobId, signal, token);
  if (response.body === null) return false;
  let buffered = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return false;
    buffered += value.replaceAll("\r\n", "\n");
    let end;
    while ((end = buffered.indexOf("\n\n")) >= 0) {
      const event = parseEvent(buffered.slice(0, end));
      buffered = buffered.slice(end + 2);
      if (event === null) continue;
      onJob(event.job);
      if (event.name === "end") {
        await reader.cancel();
        return true;
      }
    }
  }
}

/** One block of `event:` and `data:` lines; `null` for a comment that keeps the line open. */
function parseEvent(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trim());
  }
  return data.length === 0 ? null : { name, job: JSON.parse(data.join("\n")) };
}
