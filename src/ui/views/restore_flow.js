/**
 * What a person has chosen on the way to a restore. It outlives a look at another view and the browser's Back, not a
 * reload; a new way begins afresh, since answers to an old preview do not hold for a new one.
 *
 * @module
 */
import { useReducer, useRef } from "../dom.js";
import { goTo, placeHere, push, replace } from "../router.js";
import { defaultChoices } from "./restore_choices.js";

const flows = new Map();

/** A way from a backup to a restore. */
class Flow {
  constructor(backup) {
    this.choices = defaultChoices(backup);
    /** The step that may be shown at most. */
    this.reached = "choose";
    /** Where it begins in the browser's history. */
    this.place = placeHere();
    this.jobId = null;
  }
}

/**
 * The way that the present address belongs to.
 *
 * @param {any} backup
 * @param {{step: string, flow: string | null}} route
 */
export function useFlow(backup, route) {
  const [, draw] = useReducer((count) => count + 1, 0);
  const id = backup.backup_id;
  const base = `restore/${id}`;
  const fresh = useRef(crypto.getRandomValues(new Uint32Array(2)).join("-"));
  const key = route.flow ?? fresh.current;
  if (!flows.has(key)) flows.set(key, new Flow(backup));
  const flow = flows.get(key);
  const known = route.flow !== null && (route.step === "" || isReached(flow, route.step));
  const change = (changed) => {
    Object.assign(flow, changed);
    draw();
  };
  return {
    choices: flow.choices,
    jobId: flow.jobId,
    step: known && route.step !== "" ? route.step : "choose",
    /** Gives an address that nobody came to by these steps its right one. */
    settle: () => known || replace(base, key),
    choose: (choices) => change({ choices }),
    next: (step) => {
      flow.reached = step;
      push(`${base}/${step}`, key);
    },
    /** The steps are over: Back leads out of them, to where they began from. */
    start: (jobId) => {
      change({ jobId });
      goTo(flow.place);
    },
    showJob: (jobId) => replace(`${base}/progress/${jobId}`, null),
  };
}

const STEPS = ["choose", "preview", "confirm"];

function isReached({ reached }, step) {
  return STEPS.includes(step) && STEPS.indexOf(step) <= STEPS.indexOf(reached);
}
