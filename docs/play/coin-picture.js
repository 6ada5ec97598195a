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
    Chart.set(get("line-mle"), { x1: at.mle, x2: at.mle, y1: top, y2: box.bottom });
    Chart.set(get("line-entropy"), { x1: box.left, x2: box.right, y1: at.floor, y2: at.floor });
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
    const points = [0, ...inside, 1].map((theta) => [theta, Coin.loss(s, n, theta) - lift]);
    return Chart.path(points.filter(([, loss]) => loss <= CoinPanel.HIGHEST).map(([theta, loss]) => [x(theta), y(loss)]));
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
      return Chart.make("path", { d: Chart.path(points), class: kind });
    });
    const mode = x(Beta.mode(a + s, b + n - s));
    return [...drawn, Chart.line(mode, bottom, mode, bottom - 0.5 * (bottom - top), "map")];
  },

  gap(now, at, isBeyond) {
    if (now.kl === 0) return [];
    const end = isBeyond ? at.y + 10 : at.y;
    return [
      Chart.line(at.x, at.floor, at.x, end, "gap"),
      Chart.line(at.x - 7, at.floor, at.x + 7, at.floor, "gap"),
      ...(isBeyond ? [Chart.arrow(at.x, at.y + 16, at.x, at.y - 16, "gap")] : [Chart.line(at.x - 7, end, at.x + 7, end, "gap")]),
    ];
  },

  // From θ to s/n: as long as the slope is large, and pointing downhill.
  slope(now, at, { bottom }) {
    const y = bottom + 38;
    if (Number.isNaN(now.slope)) return [];
    if (now.slope === 0) return [Chart.make("circle", { cx: at.x, cy: y, r: 4, class: "rest" })];
    return [Chart.line(at.x, y - 6, at.x, y + 6, "slope"), Chart.arrow(at.x, y, at.mle, y, "slope")];
  },

  words({ theta }, now, at, box, isBeyond) {
    const { left, right, top, bottom } = box;
    const within = (middle, half) => Numbers.clamp(middle, left + half, right - half);
    const side = theta > now.mle || (theta === now.mle && theta > 0.5) ? -1 : 1; // towards the inside of the bowl
    const anchor = (way) => (way > 0 ? "start" : "end");
    const middle = (at.floor + at.y) / 2 + 5;
    const outside = at.x - side * 12;
    const gapWay = outside - left > 76 && right - outside > 76 ? -side : side;
    const isLow = bottom - at.floor < 24;
    const floorAt = now.mle < 0.5 ? right : left + 6;
    const floorName = `entropy ${Numbers.told(now.entropy)}${now.lift ? ` − ${Numbers.told(now.lift)}` : ""}`;
    const loss = now.loss - now.lift;
    const where = isBeyond ? `${Numbers.told(loss)}: beyond the picture` : `loss ${Numbers.told(loss)}`;
    const slope = Number.isNaN(now.slope)
      ? "no slope: at 0 and 1 there is no logit"
      : `slope in the logit: θ − s/n = ${Numbers.told(now.slope)}`;
    return [
      Chart.words(within(at.mle, 62), top - 6, `estimate s/n ${Numbers.told(now.mle)}`, "middle"),
      Chart.words(floorAt, at.floor + (isLow ? -8 : 17), floorName, now.mle < 0.5 ? "end" : "start"),
      Chart.words(at.x + side * 13, Math.max(top + 14, at.y - (isBeyond ? 0 : 8)), where, anchor(side), "yours"),
      ...(at.floor - at.y > 22 ? [Chart.words(at.x + gapWay * 12, middle, `KL ${Numbers.told(now.kl)}`, anchor(gapWay), "yours")] : []),
      Chart.words(within((at.x + at.mle) / 2, 122), bottom + 64, slope, "middle", "yours"),
    ];
  },
};
