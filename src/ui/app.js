/** Starts the page. @module */
import { Component, render, useEffect, useRef, view } from "./dom.js";
import { Notice } from "./components/notice.js";
import { Button } from "./components/button.js";
import { Shell } from "./components/shell.js";
import { t } from "./i18n/mod.js";
import { notify, useStore } from "./store.js";
import { useRoute } from "./router.js";
import { armExpiry, currentToken } from "./session.js";
import { forget, refresh, startSync } from "./sync.js";
import { noticeInterruptedUpload } from "./upload.js";
import { BackupsView } from "./views/backups.js";
import { HistoryView } from "./views/history.js";
import { OverviewView } from "./views/overview.js";
import { RestoreView } from "./views/restore.js";
import { ScheduleView } from "./views/schedule.js";
import { SignInView } from "./views/sign_in.js";

const VIEWS = {
  overview: OverviewView,
  backups: BackupsView,
  schedule: ScheduleView,
  history: HistoryView,
  restore: RestoreView,
};

/** Shows that a view broke, instead of a blank page. */
class Boundary extends Component {
  componentDidCatch(error) {
    this.setState({ error });
  }

  render() {
    if (!this.state.error) return this.props.children;
    return view`<${Notice} tone="danger" alert action=${view`<${Button} onClick=${() =>
      location.reload()}>
      ${t("reload")}</${Button}>`}>${
      t("broken", { reason: this.state.error.message })
    }</${Notice}>`;
  }
}

function App() {
  useStore();
  const route = useRoute();
  const signedIn = currentToken() !== null;
  const name = Object.hasOwn(VIEWS, route.view) ? route.view : "overview";
  const first = useRef(true);
  useEffect(() => {
    if (signedIn) void refresh();
    else forget();
  }, [signedIn]);
  useEffect(() => {
    document.title = `${t(signedIn ? `nav.${name}` : "sign_in.title")} · ${t("brand")}`;
  });
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    // A new view starts at its heading, for eyes and for screen readers.
    scrollTo(0, 0);
    document.querySelector("main h1")?.focus({ preventScroll: true });
  }, [name, signedIn]);
  if (!signedIn) return view`<${SignInView} />`;
  return view`
    <${Shell} current=${name}>
      <${Boundary} key=${name}><${VIEWS[name]} id=${route.id} /></${Boundary}>
    </${Shell}>`;
}

armExpiry();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", notify);
noticeInterruptedUpload();
render(view`<${App} />`, document.getElementById("app"));
startSync();
