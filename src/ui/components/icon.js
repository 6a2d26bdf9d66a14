import { view } from "../dom.js";

// Drawn on 24 × 24, one stroke.
const PATHS = {
  shield:
    "M12 3 5 6v5.500c0 4.300 2.900 7.700 7 9.500 4.100-1.800 7-5.200 7-9.500V6zM9 12l2.200 2.200L15.500 10",
  alert: "M12 4 2.800 20h18.400zM12 10v4.500M12 17.300v.200",
  cross_shield:
    "M12 3 5 6v5.500c0 4.300 2.900 7.700 7 9.500 4.100-1.800 7-5.200 7-9.500V6zM9.500 9.500l5 5M14.500 9.500l-5 5",
  home: "M4 11.500 12 4.500l8 7V20h-5.500v-5.500h-5V20H4z",
  archive: "M3.500 5h17v4.500h-17zM5 9.500V19.500h14V9.500M9.500 13h5",
  clock: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 7.500V12l3 2",
  history: "M6 4.500h12v15H6zM9 9h6M9 12.500h6M9 16h3.500",
  download: "M12 4v11M7.500 10.500 12 15l4.500-4.500M4.500 19.500h15",
  upload: "M12 15.500V4.500M7.500 9 12 4.500 16.500 9M4.500 19.500h15",
  check: "M5 12.500l4.500 4.500L19 7.500",
  check_circle:
    "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM8.300 12.300l2.500 2.500 5-5.200",
  pin: "M9 4h6l-.7 6 3.200 3.500H6.500L9.700 10zM12 13.500V20.500",
  restore: "M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500",
  undo: "M8.500 5 4 9.500 8.500 14M4 9.500h10a5 5 0 0 1 0 10H9.500",
  trash:
    "M4.500 7h15M9.500 7V4.500h5V7M6.500 7l1 12.500h9l1-12.500M10 10.500v5.500M14 10.500v5.500",
  close: "M6 6l12 12M18 6 6 18",
  sun:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2.500M12 19v2.500M2.500 12H5M19 12h2.500M5.300 5.300 7 7M17 17l1.700 1.700M5.300 18.700 7 17M17 7l1.700-1.700",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  exit: "M14 4.500H5.500v15H14M10.500 12H20.500M17 8.500l3.500 3.500L17 15.500",
  info: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 11v5.500M12 7.500v.200",
  more: "M12 6v.200M12 12v.200M12 18v.200",
  copy: "M8.500 8.500h11v11h-11zM15.500 8.500v-4h-11v11h4",
  plus: "M12 5v14M5 12h14",
  search: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 20 20",
  chevron: "M9 5.500 15.500 12 9 18.500",
  disk: "M4 14.500h16V20H4zM4 14.500 6.500 5h11L20 14.500M16.500 17.200v.100",
  list:
    "M8.500 6.500h11M8.500 12h11M8.500 17.500h11M4.500 6.500v.100M4.500 12v.100M4.500 17.500v.100",
  offline:
    "M3 3l18 18M8.500 16.200a5 5 0 0 1 7 0M5 12.500a10 10 0 0 1 4.500-2.600M14.500 9.900a10 10 0 0 1 4.500 2.600M12 19.500v.100",
};

/**
 * A drawing beside words; silent for screen readers.
 *
 * @param {{name: keyof typeof PATHS, size?: number}} props
 */
export function Icon({ name, size = 20 }) {
  const side = `${size / 16}rem`;
  return view`
    <svg class="icon" width=${side} height=${side} viewBox="0 0 24 24" fill="none"
      stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"
      aria-hidden="true" focusable="false">
      <path d=${PATHS[name]} />
    </svg>`;
}
