"use strict";

// Small drawings: elements of SVG, a scale, a path, and axes.
const Chart = {
  // make("line", { x1: 0, … }) or make("text", { x: 0, y: 0 }, "words")
  make(name, attributes = {}, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Chart.set(element, attributes);
    element.textContent = text;
    return element;
  },

  set(element, attributes) {
    for (const [name, value] of Object.entries(attributes))
      element.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  },

  // The line through (from, a) and (to, b).
  scale: (from, to, a, b) => (x) => a + ((x - from) / (to - from)) * (b - a),

  path: (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join(""),

  line: (x1, y1, x2, y2, kind) => Chart.make("line", { x1, y1, x2, y2, class: kind }),

  words: (x, y, text, anchor = "start", kind = "") =>
    Chart.make("text", { x, y, "text-anchor": anchor, class: kind }, text),

  // A line with a head at its end.
  arrow(x1, y1, x2, y2, kind, most = 6) {
    const size = Math.min(most, 0.7 * Math.hypot(x2 - x1, y2 - y1));
    const group = Chart.make("g", { class: kind });
    const [dx, dy] = [Math.sign(x2 - x1) * size, Math.sign(y2 - y1) * size];
    const head = [[x2 - dx - dy, y2 - dy - dx], [x2, y2], [x2 - dx + dy, y2 - dy + dx]];
    group.append(Chart.line(x1, y1, x2, y2, ""), Chart.make("path", { d: Chart.path(head), fill: "none" }));
    return group;
  },

  // The picture is as wide as its place, so that letters keep their size; redrawn when that changes.
  fit(svg, height, draw) {
    const frame = { width: 640, height: height(640), left: 40, right: 14, top: 30, bottom: 0 };
    const measure = () => {
      const width = Math.round(svg.getBoundingClientRect().width) || frame.width;
      Object.assign(frame, { width, height: height(width) });
      Chart.set(svg, { viewBox: `0 0 ${width} ${frame.height}`, height: frame.height });
    };
    measure();
    new ResizeObserver(() => {
      const before = frame.width;
      measure();
      if (frame.width !== before) draw();
    }).observe(svg);
    return frame;
  },

  // Ticks below and at the left, with faint lines across.
  axes({ x, y, xTicks, yTicks, left, right, bottom, xName, yName }) {
    const group = Chart.make("g", { class: "axes" });
    for (const value of yTicks)
      group.append(
        Chart.line(left, y(value), right, y(value), "grid"),
        Chart.words(left - 8, y(value) + 4, Numbers.short(value), "end"),
      );
    group.append(Chart.line(left, bottom, right, bottom, "base"));
    for (const value of xTicks)
      group.append(
        Chart.line(x(value), bottom, x(value), bottom + 5, "base"),
        Chart.words(x(value), bottom + 19, Numbers.short(value), "middle"),
      );
    group.append(Chart.words(0, 12, yName));
    if (xName) group.append(Chart.words((x(xTicks.at(-1)) + x(xTicks.at(-2))) / 2, bottom + 19, xName, "middle"));
    return group;
  },
};
