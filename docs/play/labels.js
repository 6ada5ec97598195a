"use strict";

// Words in a picture find their place: of the spots they may take, the one that covers least.
const Labels = {
  COVERED: 1e6, // the price of covering other words
  pen: document.createElement("canvas").getContext("2d"),

  width(text, kind) {
    Labels.pen.font = `${kind === "yours" ? 600 : 400} 13px ${getComputedStyle(document.body).fontFamily}`;
    return Labels.pen.measureText(text).width;
  },

  box: (x, y, width) => ({ x, y, left: x - 3, right: x + width + 3, top: y - 13, bottom: y + 5 }),
  meet: (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom,
  weight: (box, [x, y, weight]) => (x > box.left && x < box.right && y > box.top && y < box.bottom ? weight : 0),

  // put(text, kind, spots), a spot being [x, y, the part of the width that stands left of x, its price]. Other words
  // must not be covered; of the ink, points [x, y, weight], as little as may be. It gives the words, or, where other
  // words leave them no room at all, nothing.
  over(ink, { left, right, top, bottom }) {
    const taken = [];
    const cost = (box, price) =>
      Labels.COVERED * taken.filter((other) => Labels.meet(box, other)).length +
      ink.reduce((sum, point) => sum + Labels.weight(box, point), 0) +
      price;
    return (text, kind, spots) => {
      const width = Labels.width(text, kind);
      const boxes = spots.map(([x, y, part]) =>
        Labels.box(Numbers.clamp(x - part * width, left, right - width), Numbers.clamp(y, top, bottom), width),
      );
      const costs = boxes.map((box, i) => cost(box, spots[i][3] ?? 0));
      const least = Math.min(...costs);
      if (least >= Labels.COVERED) return [];
      const best = boxes[costs.indexOf(least)];
      taken.push(best);
      return [Chart.words(best.x, best.y, text, "start", kind)];
    };
  },

  // Points on the line from a to b, some pixels apart.
  dots([x1, y1], [x2, y2]) {
    const count = Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 9) + 1;
    return Array.from({ length: count }, (_, i) => [x1 + ((x2 - x1) * i) / count, y1 + ((y2 - y1) * i) / count, 1]);
  },
};
