import { useEffect, useRef, useState, view } from "../dom.js";
import { formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";
import { Button } from "./button.js";

/** How much of a long list is drawn at once. */
const PAGE_SIZE = 50;

/**
 * Cuts a list into pages.
 *
 * @param {readonly unknown[]} items
 * @param {string} key What the list is about: another filter begins at the first page.
 * @returns {{shown: any[], from: number, total: number, page: number, pages: number,
 *   turn: (page: number) => void, top: {current: HTMLElement | null}}} `top` belongs on the list: turning goes to it.
 */
export function usePages(items, key) {
  const [place, setPlace] = useState({ key, page: 0 });
  const top = useRef(null);
  const turned = useRef(false);
  const pages = Math.max(1, Math.ceil(items.length / PAGE_SIZE));
  const page = place.key === key ? Math.min(place.page, pages - 1) : 0;
  useEffect(() => {
    if (!turned.current) return;
    turned.current = false;
    top.current?.focus({ preventScroll: true });
    top.current?.scrollIntoView({ block: "start" });
  }, [page]);
  const turn = (next) => {
    turned.current = true;
    setPlace({ key, page: next });
  };
  const from = page * PAGE_SIZE;
  const shown = items.slice(from, from + PAGE_SIZE);
  return { shown, from, total: items.length, page, pages, turn, top };
}

/** Which part of a list is in sight, such as `51–100 of 301`. @param {{from: number, shown: any[], total: number}} pages */
export function sayPart({ from, shown, total }) {
  const facts = { from: from + 1, to: from + shown.length, total };
  const said = Object.entries(facts).map(([name, value]) => [name, formatNumber(value)]);
  return t("pages.part", Object.fromEntries(said));
}

/** Turns the pages of a long list; nothing for a short one. @param {{pages: ReturnType<typeof usePages>}} props */
export function Pager({ pages }) {
  const { page, pages: count, turn } = pages;
  if (count < 2) return null;
  return view`
    <nav class="pager" aria-label=${t("pages.label")}>
      <${Button} small disabled=${page === 0} onClick=${() => turn(page - 1)}>
        ${t("pages.previous")}
      </${Button}>
      <span>${sayPart(pages)}</span>
      <${Button} small disabled=${page === count - 1} onClick=${() => turn(page + 1)}>
        ${t("pages.next")}
      </${Button}>
    </nav>`;
}
