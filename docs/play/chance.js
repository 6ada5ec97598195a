"use strict";

// Chance that can be repeated: the same seed gives the same tosses and the same order.
const Chance = {
  // A linear congruential generator: x becomes a·x + c, modulo 2^32. What it gives is x with its bits mixed.
  generator(seed) {
    let x = seed;
    return () => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      const mixed = Math.imul(x ^ (x >>> 15), 0x9e3779b1);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  },

  // The coin nobody sees: its probability of heads, and its tosses from number `skip` on.
  hidden: (seed) => 0.15 + 0.7 * Chance.generator(seed)(),

  tosses(seed, skip, count) {
    const p = Chance.hidden(seed);
    const next = Chance.generator(seed + 1000);
    for (let i = 0; i < skip; i++) next();
    return Array.from({ length: count }, () => next() < p);
  },

  shuffled(items, seed) {
    const next = Chance.generator(seed);
    const left = [...items];
    return items.map(() => left.splice(Math.floor(next() * left.length), 1)[0]);
  },
};
