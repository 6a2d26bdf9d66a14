import { useEffect, useState, view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { upload } from "../upload.js";
import { Icon } from "./icon.js";

/** Takes ZIPs dropped anywhere. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
    const enter = (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(false);
      upload(filesOf(event.dataTransfer));
    };
    addEventListener("dragover", enter);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", enter);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return over && view`
    <div class="drop" aria-hidden="true">
      <${Icon} name="upload" size=${40} />
      <p>${t("upload.drop")}</p>
    </div>`;
}

/** What was dropped. Only now can be told which of them are folders. */
function filesOf({ items }) {
  return [...items].filter((item) => item.kind === "file").map((item) => ({
    file: item.getAsFile(),
    isFolder: item.webkitGetAsEntry?.()?.isDirectory === true,
  })).filter(({ file }) => file !== null);
}
