"use strict";

// Chance that can be repeated: the same seed gives the same tosses and the same order.
const Chance = {
  // A linear congruential generator: x becomes a·x + c, modulo 2^32.
  generator(seed) {
    let x = Math.imul(seed + 1, 0x9e3779b1);
    const next = () => (x = (Math.imul(x, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    next();
    return next;
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
