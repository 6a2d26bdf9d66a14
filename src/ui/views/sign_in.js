import { useRef, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Notice } from "../components/notice.js";
import { Mark, Tools } from "../components/tools.js";
import { t } from "../i18n/mod.js";
import { beginSession, sessionEnd } from "../session.js";

/** The way in: the built-in password, or a token from the library or from `shuku-backup token`. */
export function SignInView() {
  const [way, setWay] = useState("password");
  const choice = (one) =>
    view`
      <button type="button" key=${one} aria-pressed=${way === one} onClick=${() => setWay(one)}>
        ${t(`sign_in.${one}`)}
      </button>`;
  return view`
    <div class="sign-in">
      <header class="top top-plain"><span></span><${Tools} session=${false} /></header>
      <main id="content">
        <div class="sign-in-box">
          <div class="sign-in-brand">
            <${Mark} />
            <h1 tabindex="-1">${t("brand")}</h1>
          </div>
          <p class="sign-in-lead">${t("sign_in.lead")}</p>
          <div class="segments" role="group" aria-label=${t("sign_in.way")}>
            ${["password", "token"].map(choice)}
          </div>
          <${SignInForm} way=${way} key=${way} />
        </div>
        <p class="sign-in-help">${t(`sign_in.${way}_help`)}</p>
      </main>
    </div>`;
}

function SignInForm({ way }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const enter = way === "password" ? enterByPassword : enterByToken;
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await enter(new FormData(form.current));
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
      form.current?.querySelector("[data-secret]")?.focus();
    }
  };
  const why = problem || (sessionEnd() === "expired" ? t("sign_in.expired") : "");
  const notice = why && view`<${Notice} tone=${problem ? "danger" : "warn"}>${why}</${Notice}>`;
  return view`
    <form ref=${form} onSubmit=${submit}>
      <div class="sign-in-problem" role="alert">${notice}</div>
      ${way === "password" ? view`<${PasswordFields} />` : view`<${TokenField} />`}
      <${Button} kind="primary" type="submit" busy=${busy}>${t("sign_in.enter")}</${Button}>
    </form>`;
}

function PasswordFields() {
  return view`
    <label class="field">
      <span>${t("sign_in.username")}</span>
      <input name="username" autocomplete="username" autocapitalize="none" spellcheck=${false}
        value="admin" required />
    </label>
    <label class="field">
      <span>${t("sign_in.password")}</span>
      <input name="password" type="password" autocomplete="current-password" required autofocus
        data-secret />
    </label>`;
}

function TokenField() {
  return view`
    <label class="field">
      <span>${t("sign_in.token")}</span>
      <textarea name="token" rows="5" spellcheck=${false} autocomplete="off" autocapitalize="none"
        required data-secret></textarea>
    </label>`;
}

async function enterByPassword(fields) {
  const answer = await api.signIn(String(fields.get("username")), String(fields.get("password")));
  beginSession(answer.access_token);
}

/** A token is tried before it is believed. */
async function enterByToken(fields) {
  const token = String(fields.get("token")).trim().replace(/^bearer\s+/i, "");
  await api.tryToken(token);
  beginSession(token);
}
