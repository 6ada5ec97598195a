"use strict";

// The picture of the coin: the loss over θ, the estimate, the entropy, the KL between, and the slope as an arrow.
const CoinPicture = {
  draw(state, now, box) {
    const { theta } = state;
    const { x, y, top } = box;
    const loss = now.loss - now.lift;
    const ring = now.lift && now.loss <= CoinPanel.HIGHEST ? y(now.loss) : null;
    const isBeyond = loss > CoinPanel.HIGHEST;
    const at = { x: x(theta), y: isBeyond ? top : y(loss), floor: y(now.entropy - now.lift), mle: x(now.mle), ring };
    const { get, part } = CoinPanel;
    get("curve").setAttribute("d", Chart.path(CoinPicture.points(state, now.lift, box)));
    const hair = 0.01; // a line without any width has no box, and tools take it for hidden
    Chart.set(get("line-mle"), { x1: at.mle - hair, x2: at.mle + hair, y1: top, y2: box.bottom });
    Chart.set(get("line-entropy"), { x1: box.left, x2: box.right, y1: at.floor - hair, y2: at.floor + hair });
    Chart.set(get("point"), { cx: at.x, cy: at.y, r: 8 });
    part("axes").replaceChildren(CoinPicture.axes(box), ...CoinPicture.ghost(state, now, at, box));
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
  points({ n, s }, lift, { x, y }) {
    const inside = Array.from({ length: 481 }, (_, i) => 1 / (1 + Math.exp(12 - i / 20)));
    const points = inside.map((theta) => [theta, Coin.loss(s, n, theta) - lift]);
    const top = CoinPanel.HIGHEST;
    const end = (theta, [, near]) => [theta, Math.min(Coin.loss(s, n, theta) - lift, near <= top ? top : Infinity)];
    const all = [end(0, points[0]), ...points, end(1, points.at(-1))];
    const seen = all.filter(([, loss]) => loss <= top);
    return seen.map(([theta, loss]) => [x(theta), y(loss)]);
  },

  // Where the curve and the point were without the coefficient.
  ghost(state, now, at, box) {
    if (!now.lift) return [];
    const ring = at.ring === null ? [] : [Chart.make("circle", { cx: at.x, cy: at.ring, r: 5, class: "ring" })];
    return [...ring, Chart.make("path", { d: Chart.path(CoinPicture.points(state, 0, box)), class: "ghost" })];
  },

  // Prior and posterior, areas both 1; heights on a scale of their own.
  laws({ n, s, a, b }, { x, bottom, top }, steps = 400) {
    const laws = [[a, b, "prior"], [a + s, b + n - s, "posterior"]];
    const grid = Array.from({ length: steps + 1 }, (_, i) => i / steps);
    const highest = Math.max(...laws.flatMap(([a, b]) => grid.map((theta) => Beta.density(a, b, theta))));
    const y = Chart.scale(0, highest, bottom, bottom - 0.42 * (bottom - top));
    return laws.map(([a, b, kind]) => {
      const points = grid.map((theta) => [x(theta), y(Beta.density(a, b, theta))]);
      return { kind, points, mode: x(Beta.mode(a, b)) };
    });
  },

  mapTop: ({ bottom, top }) => bottom - 0.5 * (bottom - top),

  beliefs(state, box) {
    const laws = CoinPicture.laws(state, box);
    const closed = (points) => [[box.x(0), box.bottom], ...points, [box.x(1), box.bottom]];
    const drawn = laws.map(({ points, kind }) => Chart.make("path", { d: Chart.path(closed(points)), class: kind }));
    const mode = laws[1].mode;
    return [...drawn, Chart.line(mode, box.bottom, mode, CoinPicture.mapTop(box), "map")];
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

  // What the lines are called; each name may stand at several spots.
  words(state, now, at, box, isBeyond) {
    const { left, right, top, bottom } = box;
    const ink = CoinPicture.ink(state, now, at, box);
    const put = Labels.over(ink, { left: left + 3, right: right + 11, top: 0, bottom: bottom - 7 });
    const below = Labels.over([], { left: 3, right: right + 11, top: 0, bottom: bottom + 64 });
    const spots = (y) => CoinPicture.pointSpots(state, now, { ...at, y }, box);
    const floor = `${now.lift ? "lowest" : "entropy"} ${Numbers.told(now.entropy - now.lift)}`;
    return [
      put(`estimate s/n ${Numbers.told(now.mle)}`, "", [[at.mle, top - 6, 0.5]]),
      put(floor, "", CoinPicture.floorSpots(now, at, box)),
      put(CoinPicture.pointWords(now, isBeyond), "yours", spots(at.y)),
      at.ring === null ? [] : put(`loss ${Numbers.told(now.loss)}`, "yours", spots(at.ring)),
      at.floor - at.y > 22 ? put(`KL ${Numbers.told(now.kl)}`, "yours", CoinPicture.gapSpots(at)) : [],
      now.lift ? put("without orders", "", CoinPicture.ghostSpots(state, box)) : [],
      below(CoinPicture.slopeWords(now.slope), "yours", [[(at.x + at.mle) / 2, bottom + 64, 0.5]]),
    ].flat();
  },

  // All that words had better not cover; the fill of the posterior counts, too.
  ink(state, now, at, box) {
    const { left, right, top, bottom } = box;
    const laws = state.prior ? CoinPicture.laws(state, box, 200) : [];
    const weighing = (weight, points) => points.map(([x, y]) => [x, y, weight]);
    const within = ([x, y]) => [[x, (y + bottom) / 2], [x, (3 * y + bottom) / 4]];
    const fill = laws.slice(1).flatMap(({ points }) => points.flatMap(within));
    return [
      ...weighing(6, CoinPicture.points(state, now.lift, box)),
      ...weighing(2, now.lift ? CoinPicture.points(state, 0, box) : []),
      ...weighing(1, laws.flatMap(({ points }) => points)),
      ...weighing(0.2, fill),
      ...laws.slice(1).flatMap(({ mode }) => Labels.dots([mode, bottom], [mode, CoinPicture.mapTop(box)])),
      ...Labels.dots([at.mle, top], [at.mle, bottom]),
      ...Labels.dots([left, at.floor], [right, at.floor]),
      ...Labels.dots([at.x, at.y], [at.x, at.floor]),
      ...Labels.dots([at.x - 8, at.y], [at.x + 8, at.y]),
    ];
  },

  pointWords({ loss, lift }, isBeyond) {
    if (isBeyond) return `${Numbers.told(loss)}: beyond the picture`;
    return `${lift ? "with orders" : "loss"} ${Numbers.told(loss - lift)}`;
  },

  // Beside the point, first on the side of the estimate, where the curve leaves room.
  pointSpots({ theta }, { mle }, at, { top }) {
    const side = theta > mle || (theta === mle && theta > 0.5) ? -1 : 1;
    const price = (dx, dy) => dx / 12 + Math.abs(dy + 8) / 5;
    const spot = (way, dx, dy) => [at.x + way * dx, Math.max(top + 14, at.y + dy), way > 0 ? 0 : 1, price(dx, dy)];
    return [13, 24, 40, 60, 90, 120, 160].flatMap((dx) =>
      [-8, -20, 20, -34, 34, -48, 48].flatMap((dy) => [spot(side, dx, dy), spot(-side, dx, dy)]),
    );
  },

  // Below the line or above it, first at the end that is farther from the estimate.
  floorSpots({ mle }, at, { left, right }) {
    const ends = [[left + 6, 0], [right, 1]];
    const middle = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map((part) => [left + part * (right - left), 0.5]);
    const places = [...(mle < 0.5 ? ends.reverse() : ends), ...middle];
    return places.flatMap(([x, part]) => [17, -8].map((dy) => [x, at.floor + dy, part, dy < 0 ? 1 : 0]));
  },

  // Beside the rise, or else under its foot.
  gapSpots(at) {
    const rise = at.floor - at.y;
    const heights = [...[0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8].map((part) => 5 + part * rise), rise + 17];
    return heights.flatMap((down, i) =>
      [-1, 1].map((way) => [at.x + way * 12, at.y + down, way > 0 ? 0 : 1, i / 3]),
    );
  },

  // Along the dotted curve, on either side of it.
  ghostSpots(state, box) {
    const along = CoinPicture.points(state, 0, box).filter((_, i) => i % 8 === 0);
    const sides = [[10, -10, 0], [10, 18, 0], [-10, -10, 1], [-10, 18, 1], [0, -10, 0.5], [0, 18, 0.5]];
    return along.flatMap(([x, y]) => sides.map(([dx, dy, part]) => [x + dx, Math.max(box.top + 14, y + dy), part]));
  },

  slopeWords(slope) {
    const named = `slope in the logit: θ − s/n = ${Numbers.told(slope)}`;
    return Number.isNaN(slope) ? "no slope: at 0 and 1 there is no logit" : named;
  },
};
