// Runs before the first paint, so that a remembered theme and language never flash. A file of its own because the
// Content-Security-Policy allows no inline script.
(() => {
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage is blocked: the browser's own preferences apply.
    }
  };
  const page = document.documentElement;
  const theme = read("shuku.theme");
  if (theme === "light" || theme === "dark") page.dataset.theme = theme;
  const language = read("shuku.language") ?? navigator.language;
  page.lang = language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
})();
