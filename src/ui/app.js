/** Starts the page. @module */
import { Component, html, render, useEffect, useRef } from "./dom.js";
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
    return html`<${Notice} tone="danger" alert action=${html`<${Button} onClick=${() =>
      location.reload()}>
      ${t("reload")}<//>`}>${t("broken", { reason: this.state.error.message })}<//>`;
  }
}

function App() {
  useStore();
  const route = useRoute();
  const signedIn = currentToken() !== null;
  const view = route.view in VIEWS ? route.view : "overview";
  const first = useRef(true);
  useEffect(() => {
    if (signedIn) void refresh();
    else forget();
  }, [signedIn]);
  useEffect(() => {
    document.title = `${t(signedIn ? `nav.${view}` : "sign_in.title")} · ${t("brand")}`;
  });
  useEffect(() => {
    if (first.current) first.current = false;
    // A new view starts at its heading, for eyes and for screen readers.
    else {
      scrollTo(0, 0);
      document.querySelector("main h1")?.focus({ preventScroll: true });
    }
  }, [view, signedIn]);
  if (!signedIn) return html`<${SignInView} />`;
  return html`
    <${Shell} view=${view}>
      <${Boundary} key=${view}>
        <${VIEWS[view]} id=${route.id} />
        <//>
        <//>
  `;
}

armExpiry();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", notify);
noticeInterruptedUpload();
render(html`<${App} />`, document.getElementById("app"));
startSync();
