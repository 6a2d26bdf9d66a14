import { useLayoutEffect, useRef, view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { IconButton } from "./button.js";
import { Offline } from "./offline.js";

let nextId = 1;

/**
 * A modal dialog: the browser keeps the focus inside, Escape closes it, and the focus goes back to where it was.
 *
 * @param {{title: string, onClose: () => void, wide?: boolean, children?: unknown, actions?: unknown}} props
 */
export function Dialog({ title, onClose, wide = false, children, actions }) {
  const box = useRef(null);
  const id = useRef(`dialog-${nextId++}`);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  const look = wide ? "dialog dialog-wide" : "dialog";
  return view`
    <dialog ref=${box} class=${look} aria-labelledby=${id.current} onCancel=${cancel}>
      <header class="dialog-head">
        <h2 id=${id.current}>${title}</h2>
        <${IconButton} icon="close" label=${t("close")} onClick=${onClose} />
      </header>
      <div class="dialog-body" tabindex="0" role="group" aria-labelledby=${id.current}>
        <${Offline} />
        ${children}
      </div>
      ${actions && view`<footer class="dialog-foot">${actions}</footer>`}
    </dialog>`;
}
