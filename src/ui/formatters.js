/**
 * Formatters of the browser, each made once: making one takes longer than drawing a row.
 *
 * @module
 */

const made = new Map();

function once(key, make) {
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}

/** @param {string} locale @param {Intl.DateTimeFormatOptions} options */
export const dateFormat = (locale, options) =>
  once(`date ${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options));

/** @param {string} locale @param {Intl.NumberFormatOptions} [options] */
export const numberFormat = (locale, options = {}) =>
  once(`number ${locale} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options));

/** @param {string} locale @param {Intl.RelativeTimeFormatNumeric} numeric */
export const relativeFormat = (locale, numeric) =>
  once(`relative ${locale} ${numeric}`, () => new Intl.RelativeTimeFormat(locale, { numeric }));
