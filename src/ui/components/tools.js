import { view } from "../dom.js";
import { noteSilence } from "../api.js";
import { switchLanguage, t } from "../i18n/mod.js";
import { language, theme, toggleTheme } from "../preferences.js";
import { leave } from "../router.js";
import { endSession } from "../session.js";
import { refresh } from "../sync.js";
import { IconButton } from "./button.js";

const ICON_URL = new URL("../icon.svg", import.meta.url).pathname;

// Each in the language it switches to, for whoever cannot read the present one.
const SWITCH = {
  zh: { to: "en", short: "EN", label: "Switch to English", lang: "en" },
  en: { to: "zh", short: "中", label: "切换到中文", lang: "zh-CN" },
};

/** The brand's mark: a book with a tick. */
export function Mark() {
  return view`<img class="mark" src=${ICON_URL} alt="" width="28" height="28" />`;
}

/** The server's own sentences are asked for again: they are in the language of the question. */
async function speak(chosen) {
  try {
    await switchLanguage(chosen);
    await refresh();
  } catch {
    noteSilence(); // The words of the other language could not be fetched; the page stays as it is.
  }
}

/** Language and theme; signing out when there is a session. @param {{session?: boolean}} props */
export function Tools({ session = true }) {
  const { to, short, label, lang } = SWITCH[language()];
  const dark = theme() === "dark";
  return view`
    <div class="tools">
      <button type="button" class="icon-button language" lang=${lang} aria-label=${`${short} · ${label}`} title=${label}
        onClick=${() => speak(to)}>${short}</button>
      <${IconButton} icon=${dark ? "sun" : "moon"} label=${t(dark ? "theme.light" : "theme.dark")}
        onClick=${toggleTheme} />
      ${
    session && view`
        <${IconButton} icon="exit" label=${t("sign_out")} onClick=${() =>
      leave(() => endSession("signed_out"))} />`
  }
    </div>`;
}
