"use strict";

// Everything the page remembers: read from the address, kept in it, and told to those who draw it.
const Kinds = {
  whole: (low, high) => (text) => clamped(Math.round(Number(text)), low, high),
  number: (low, high, step) => (text) => clamped(Math.round(Number(text) / step) * step, low, high),
  one: (...words) => (text) => (words.includes(text) ? text : undefined),
  text: (most) => (text) => String(text).slice(0, most),
  list: (each, fewest, most) => (text) => {
    const items = String(text).split(",").filter((item) => item.trim()).map(each).filter((x) => x !== undefined);
    return items.length < fewest ? undefined : items.slice(0, most).join(",");
  },
};

// A number within its bounds and free of the dust of arithmetic; what is no number is nothing.
const clamped = (x, low, high) => (Number.isNaN(x) ? undefined : Number(Numbers.clamp(x, low, high).toFixed(6)));

const SWITCH = Kinds.one("", "on");

// Name: how the page starts, and how a text becomes such a value.
const FIELDS = {
  n: [20, Kinds.whole(1, 100)],
  s: [14, Kinds.whole(0, 100)],
  theta: [0.4, Kinds.number(0, 1, 0.01)],
  guess: ["", Kinds.one("", "down", "stay", "up")],
  moved: ["", SWITCH],
  order: [0, Kinds.whole(0, 9999)],
  coin: [1, Kinds.whole(1, 9999)],
  tossed: [0, Kinds.whole(0, 9999)],
  latest: [0, Kinds.whole(0, 20)],
  choose: ["", SWITCH],
  prior: ["", SWITCH],
  a: [10, Kinds.number(1, 100, 0.5)],
  b: [10, Kinds.number(1, 100, 0.5)],

  height: ["", Kinds.one("", "no", "yes")],
  points: ["72,75,71,73,74", Kinds.list(Kinds.number(64, 82, 0.1), 2, 9)],

  unseen: ["", Kinds.one("", "small", "large", "infinite")],
  row: [17, Kinds.whole(0, 26)],
  col: [21, Kinds.whole(0, 26)],
  show: ["probability", Kinds.one("probability", "share")],
  add: [0, Kinds.number(0, 10, 0.5)],
  name: ["emma", Kinds.text(60)],

  theme: ["", Kinds.one("", "light", "dark")],
};

const State = {
  now: {},
  listeners: [],

  starts: (...keys) => Object.fromEntries(keys.map((key) => [key, FIELDS[key][0]])),

  // What is missing or makes no sense is as the page starts; there are no more heads than flips.
  read(texts) {
    const state = State.starts(...Object.keys(FIELDS));
    for (const [key, [start, parse]] of Object.entries(FIELDS)) {
      const text = texts[key] ?? "";
      const value = text === "" && (!(key in texts) || typeof start === "number") ? start : parse(text);
      if (value !== undefined) state[key] = value;
    }
    return { ...state, s: Math.min(state.s, state.n) };
  },

  set(changes) {
    const before = State.now;
    State.now = State.moved(before, State.read({ ...before, ...changes }), changes);
    const changed = Object.keys(FIELDS).filter((key) => State.now[key] !== before[key]);
    for (const { keys, draw } of State.listeners) if (keys.some((key) => changed.includes(key))) draw(State.now);
    State.keep();
  },

  // A prediction is about the coin that it was made for: once that has moved, it is no longer graded.
  moved(before, after, changes) {
    const hasMoved = ["n", "s", "theta"].some((key) => after[key] !== before[key]);
    if ("guess" in changes) return { ...after, moved: "" };
    return after.guess && hasMoved ? { ...after, moved: "on" } : after;
  },

  // draw(state), now and whenever one of the keys changes
  on(keys, draw) {
    State.listeners.push({ keys, draw });
  },

  drawAll() {
    for (const { draw } of State.listeners) draw(State.now);
  },

  // The address holds what differs from the start. Browsers allow few changes a second, so it waits a little.
  keep() {
    clearTimeout(State.waiting);
    State.waiting = setTimeout(() => {
      try {
        history.replaceState(null, "", `#${State.address(State.now)}`);
      } catch {
        // Embedded in a frame without an address of its own, the page remembers nothing, and works.
      }
    }, 200);
  },

  address: (state) =>
    Object.keys(FIELDS)
      .filter((key) => state[key] !== FIELDS[key][0])
      .map((key) => `${key}=${encodeURIComponent(state[key])}`)
      .join("&"),

  restore() {
    State.now = State.read(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
    State.drawAll();
  },
};
