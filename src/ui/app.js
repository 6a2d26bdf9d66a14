/** Starts the page. @module */
import { Component, render, useEffect, useRef, view } from "./dom.js";
import { Notice } from "./components/notice.js";
import { Button } from "./components/button.js";
import { Shell } from "./components/shell.js";
import { t } from "./i18n/mod.js";
import { lazy, loadEverything } from "./lazy.js";
import { notify, useStore } from "./store.js";
import { useRoute } from "./router.js";
import { armExpiry, currentToken, restoreAccess, sessionEnd } from "./session.js";
import { forget, refresh, startSync } from "./sync.js";
import { abortUploads, noticeInterruptedUpload } from "./upload.js";
import { VIEWS } from "./views/mod.js";
import { SignInView } from "./views/sign_in.js";

const AfterRestoreView = lazy(async () =>
  (await import("./views/after_restore.js")).AfterRestoreView
);

/** Shows that a view broke, instead of a blank page. */
class Boundary extends Component {
  componentDidCatch(error) {
    this.setState({ error });
  }

  render() {
    if (!this.state.error) return this.props.children;
    const reload = view`<${Button} onClick=${() => location.reload()}>${t("reload")}</${Button}>`;
    return view`
      <${Notice} tone="danger" alert action=${reload}>
        ${t("broken", { reason: this.state.error.message })}
      </${Notice}>`;
  }
}

/** How long the first view has the line to itself, in milliseconds. */
const AHEAD_MS = 3000;

/** Fetches the rest of the page before the server is gone; a failure is told when the rest is wanted. */
function fetchAhead() {
  setTimeout(() => void loadEverything().catch(() => {}), AHEAD_MS);
}

function App() {
  useStore();
  const route = useRoute();
  const signedIn = currentToken() !== null;
  const access = restoreAccess();
  const name = Object.hasOwn(VIEWS, route.view) ? route.view : "overview";
  const shown = useRef("");
  useEffect(() => {
    if (signedIn) void refresh().then(fetchAhead);
    else {
      forget();
      // One that is nearly done outlives a session that expired, not one that a person ended.
      if (sessionEnd() === "signed_out") abortUploads();
    }
  }, [signedIn]);
  useEffect(() => {
    document.title = `${t(signedIn ? `nav.${name}` : "sign_in.title")} · ${t("brand")}`;
  });
  // A new view starts at its heading, for eyes and for screen readers; the first one where the browser is.
  const drawn = () => {
    if (shown.current !== "") {
      scrollTo(0, 0);
      document.querySelector("main h1")?.focus({ preventScroll: true });
    }
    shown.current = name;
  };
  if (!signedIn) return view`<${SignInView} />`;
  if (access?.alone) return view`<${AfterRestoreView} access=${access} />`;
  return view`
    <${Shell} current=${name}>
      <${Boundary} key=${name}><${VIEWS[name]} id=${route.id} onDrawn=${drawn} /></${Boundary}>
    </${Shell}>`;
}

armExpiry();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", notify);
noticeInterruptedUpload();
render(view`<${App} />`, document.getElementById("app"));
startSync();
