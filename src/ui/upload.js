/**
 * Uploads one archive. `XMLHttpRequest`, because `fetch` cannot tell how much has been sent.
 *
 * @module
 */
import { ApiError, apiUrl, headers } from "./api.js";
import { t } from "./i18n/mod.js";
import { endSession } from "./session.js";
import { isLackOfSpace, offerSpace } from "./space.js";
import { setState, state, toast } from "./store.js";
import { changed } from "./sync.js";

const KEY = "shuku.upload";

/** Tells about an upload that a reload cut off; call once. */
export function noticeInterruptedUpload() {
  const name = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (name !== null) setState({ interruptedUpload: { name } });
}

/** @param {File} file */
export async function upload(file) {
  if (state.upload !== null) return toast(t("upload.one_at_a_time"), "error");
  if (!file.name.toLowerCase().endsWith(".zip")) return toast(t("upload.only_zip"), "error");
  const warn = (event) => event.preventDefault();
  addEventListener("beforeunload", warn);
  sessionStorage.setItem(KEY, file.name);
  setState({ interruptedUpload: null });
  try {
    const result = await send(file);
    toast(t("upload.done", { id: result.backup_id }));
  } catch (error) {
    if (error !== null) toast(t("upload.failed", { reason: error.message }), "error");
    if (isLackOfSpace(error)) offerSpace(error.body);
  } finally {
    removeEventListener("beforeunload", warn);
    sessionStorage.removeItem(KEY);
    setState({ upload: null });
    await changed();
  }
}

/** Resolves with the server's answer; rejects with `null` when a person cancelled. */
function send(file) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const show = (change) => setState({ upload: { ...state.upload, ...change } });
    setState({
      upload: {
        name: file.name,
        size: file.size,
        sent: 0,
        phase: "send",
        startedAt: Date.now(),
        abort: () => request.abort(),
      },
    });
    request.upload.addEventListener("progress", (event) => show({ sent: event.loaded }));
    request.upload.addEventListener("load", () => show({ sent: file.size, phase: "check" }));
    request.addEventListener("abort", () => reject(null));
    request.addEventListener("error", () => reject(new Error(t("upload.broke_off"))));
    request.addEventListener("load", () => {
      const body = parse(request.responseText);
      if (request.status < 300) return resolve(body);
      if (request.status === 401) endSession("expired");
      reject(new ApiError(request.status, body));
    });
    request.open("PUT", apiUrl(`upload/${encodeURIComponent(file.name)}`));
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/zip");
    request.send(file);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // A proxy's error page: the status is all there is.
  }
}
