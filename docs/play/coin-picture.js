"use strict";

// The picture of the coin: the loss over θ, the estimate, the entropy, the KL between, and the slope as an arrow.
const CoinPicture = {
  draw(state, now, box) {
    const { theta } = state;
    const { x, y, top } = box;
    const loss = now.loss - now.lift;
    const isBeyond = loss > CoinPanel.HIGHEST;
    const at = { x: x(theta), y: isBeyond ? top : y(loss), floor: y(now.entropy - now.lift), mle: x(now.mle) };
    const { get, part } = CoinPanel;
    get("curve").setAttribute("d", CoinPicture.curve(state, now.lift, box));
    const hair = 0.01; // a line without any width has no box, and tools take it for hidden
    Chart.set(get("line-mle"), { x1: at.mle - hair, x2: at.mle + hair, y1: top, y2: box.bottom });
    Chart.set(get("line-entropy"), { x1: box.left, x2: box.right, y1: at.floor - hair, y2: at.floor + hair });
    Chart.set(get("point"), { cx: at.x, cy: at.y, r: 8 });
    part("axes").replaceChildren(CoinPicture.axes(box), ...CoinPicture.ghost(state, now, box));
    part("overlay").replaceChildren(...(state.prior ? CoinPicture.beliefs(state, box) : []));
    part("gap").replaceChildren(...CoinPicture.gap(now, at, isBeyond));
    part("slope").replaceChildren(...CoinPicture.slope(now, at, box));
    part("words").replaceChildren(...CoinPicture.words(state, now, at, box, isBeyond));
  },

  axes: (box) =>
    Chart.axes({
      ...box,
      xTicks: [0, 0.2, 0.4, 0.6, 0.8, 1],
      yTicks: [0, 0.5, 1, 1.5, 2],
      xName: "θ",
      yName: "mean loss, nats a flip",
    }),

  // θ in even steps of the logit, so that the steep ends are as smooth as the middle.
  curve({ n, s }, lift, { x, y }) {
    const inside = Array.from({ length: 481 }, (_, i) => 1 / (1 + Math.exp(12 - i / 20)));
    const points = inside.map((theta) => [theta, Coin.loss(s, n, theta) - lift]);
    const top = CoinPanel.HIGHEST;
    const end = (theta, [, near]) => [theta, Math.min(Coin.loss(s, n, theta) - lift, near <= top ? top : Infinity)];
    const all = [end(0, points[0]), ...points, end(1, points.at(-1))];
    const seen = all.filter(([, loss]) => loss <= top);
    return Chart.path(seen.map(([theta, loss]) => [x(theta), y(loss)]));
  },

  // Where the curve was without the coefficient.
  ghost(state, now, box) {
    if (!now.lift) return [];
    return [Chart.make("path", { d: CoinPicture.curve(state, 0, box), class: "ghost" })];
  },

  // Prior and posterior, areas both 1; heights on a scale of their own.
  beliefs({ n, s, a, b }, { x, bottom, top }) {
    const laws = [[a, b, "prior"], [a + s, b + n - s, "posterior"]];
    const grid = Array.from({ length: 401 }, (_, i) => i / 400);
    const highest = Math.max(...laws.flatMap(([a, b]) => grid.map((theta) => Beta.density(a, b, theta))));
    const y = Chart.scale(0, highest, bottom, bottom - 0.42 * (bottom - top));
    const drawn = laws.map(([a, b, kind]) => {
      const points = grid.map((theta) => [x(theta), y(Beta.density(a, b, theta))]);
      return Chart.make("path", { d: Chart.path([[x(0), bottom], ...points, [x(1), bottom]]), class: kind });
    });
    const mode = x(Beta.mode(a + s, b + n - s));
    return [...drawn, Chart.line(mode, bottom, mode, bottom - 0.5 * (bottom - top), "map")];
  },

  gap(now, at, isBeyond) {
    if (now.kl === 0) return [];
    const end = isBeyond
      ? Chart.arrow(at.x, at.y + 16, at.x, at.y - 16, "gap")
      : Chart.line(at.x - 7, at.y, at.x + 7, at.y, "gap");
    const rise = Chart.line(at.x, at.floor, at.x, at.y, "gap");
    return [rise, Chart.line(at.x - 7, at.floor, at.x + 7, at.floor, "gap"), end];
  },

  // From θ to s/n: as long as the slope is large, and pointing downhill.
  slope(now, at, { bottom }) {
    const y = bottom + 38;
    if (Number.isNaN(now.slope)) return [];
    if (now.slope === 0) return [Chart.make("circle", { cx: at.x, cy: y, r: 4, class: "rest" })];
    return [Chart.line(at.x, y - 6, at.x, y + 6, "slope"), Chart.arrow(at.x, y, at.mle, y, "slope")];
  },

  // What the lines are called. Words about the point stand on the side of the estimate, where the curve leaves room.
  words({ theta }, now, at, box, isBeyond) {
    const side = theta > now.mle || (theta === now.mle && theta > 0.5) ? -1 : 1;
    const estimate = `estimate s/n ${Numbers.told(now.mle)}`;
    return [
      Chart.words(CoinPicture.within(at.mle, 62, box), box.top - 6, estimate, "middle"),
      CoinPicture.floorWords(now, at, box),
      CoinPicture.pointWords(now.loss - now.lift, at, box, side, isBeyond),
      ...(at.floor - at.y > 22 ? [CoinPicture.gapWords(now.kl, at, box, side)] : []),
      CoinPicture.slopeWords(now.slope, at, box),
    ];
  },

  within: (middle, half, { right }) => Numbers.clamp(middle, half, right + 12 - half),
  anchor: (side) => (side > 0 ? "start" : "end"),

  // Below the line, or above it where the axis is too near; at the end that is farther from the estimate.
  floorWords(now, at, { left, right, bottom }) {
    const name = now.lift ? "lowest" : "entropy";
    const y = at.floor + (bottom - at.floor < 24 ? -8 : 17);
    const [x, anchor] = now.mle < 0.5 ? [right, "end"] : [left + 6, "start"];
    return Chart.words(x, y, `${name} ${Numbers.told(now.entropy - now.lift)}`, anchor);
  },

  // Above the point; higher where an edge pushes the words over it.
  pointWords(loss, at, { left, right, top }, side, isBeyond) {
    const beside = at.x + side * 13;
    const anchor = CoinPicture.anchor(side);
    if (isBeyond) return Chart.words(beside, top + 14, `${Numbers.told(loss)}: beyond the picture`, anchor, "yours");
    const x = side < 0 ? Math.max(beside, left + 82) : Math.min(beside, right - 82);
    const y = Math.max(top + 14, at.y - (x === beside ? 8 : 18));
    return Chart.words(x, y, `loss ${Numbers.told(loss)}`, anchor, "yours");
  },

  gapWords(kl, at, { left, right }, side) {
    const room = side > 0 ? at.x - left : right - at.x;
    const way = room > 88 ? -side : side;
    const middle = (at.floor + at.y) / 2 + 5;
    return Chart.words(at.x + way * 12, middle, `KL ${Numbers.told(kl)}`, CoinPicture.anchor(way), "yours");
  },

  slopeWords(slope, at, box) {
    const named = `slope in the logit: θ − s/n = ${Numbers.told(slope)}`;
    const words = Number.isNaN(slope) ? "no slope: at 0 and 1 there is no logit" : named;
    const middle = CoinPicture.within((at.x + at.mle) / 2, 122, box);
    return Chart.words(middle, box.bottom + 64, words, "middle", "yours");
  },
};
