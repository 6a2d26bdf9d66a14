/** The one door to Preact and htm. @module */
import { Component, h, render } from "./vendor/preact.js";
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "./vendor/hooks.js";
import htm from "./vendor/htm.js";

/**
 * Tagged template that makes virtual nodes. Every `${value}` becomes a text node or an attribute, never markup.
 *
 * Not called `html`, because `deno fmt` lays out templates of that name anew and white space means something here.
 */
export const view = htm.bind(h);

export { Component, render, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState };
