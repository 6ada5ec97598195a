"use strict";

// Panel two: a sample whose points can be moved, and the normal law that fits it best at every moment.
const NormalPanel = {
  LOW: 64,
  HIGH: 82,
  STEPS: { ArrowLeft: -0.5, ArrowDown: -0.5, ArrowRight: 0.5, ArrowUp: 0.5, PageDown: -2, PageUp: 2, Home: -100, End: 100 },

  start() {
    const panel = document.getElementById("normal");
    NormalPanel.part = (name) => panel.querySelector(`[data-part="${name}"]`);
    NormalPanel.svg = NormalPanel.part("plot");
    NormalPanel.dots = [];
    const redraw = () => NormalPanel.draw(State.now);
    NormalPanel.frame = Chart.fit(NormalPanel.svg, (width) => (width < 480 ? 310 : 350), redraw);
    NormalPanel.frame.top = 48;
    State.on(["points"], NormalPanel.draw);
    State.on(["height"], NormalPanel.answer);
    NormalPanel.buttons();
  },

  points: (state = State.now) => state.points.split(",").map(Number),
  put: (points) => State.set({ points: points.join(",") }),
  move: (i, x) => NormalPanel.put(NormalPanel.points().map((old, j) => (i === j ? x : old))),

  buttons() {
    const { part, points, put } = NormalPanel;
    part("add").addEventListener("click", () => put([...points(), Math.round(10 * Normal.mean(points())) / 10]));
    part("remove").addEventListener("click", () => put(points().slice(0, -1)));
    part("closer").addEventListener("click", () => put(NormalPanel.closer(points())));
    part("together").addEventListener("click", () => put(points().map(() => Normal.mean(points()))));
    part("again").addEventListener("click", () => State.set(State.starts("points", "height")));
  },

  // Half the distance from the mean, for every point. The running sums are rounded to tenths, so that the mean stays.
  closer(points) {
    const mean = Normal.mean(points);
    let sum = 0;
    const sums = points.map((x) => Math.round(10 * (sum += (mean + x) / 2)));
    return sums.map((tenths, i) => (tenths - (sums[i - 1] ?? 0)) / 10);
  },

  answer({ height }) {
    const why = "Yes, above 1. A density is probability per degree. Its area is 1; its height has no bound.";
    const verdict = height === "yes" ? why : why.replace("Yes, above 1.", "It can be above 1.");
    Controls.verdict(NormalPanel.part("verdict"), height ? height === "yes" : null, height ? verdict : "");
  },

  draw(state) {
    const points = NormalPanel.points(state);
    const [mean, sd] = [Normal.mean(points), Normal.sd(points)];
    const peak = sd ? Normal.density(mean, mean, sd) : Infinity;
    const now = { points, mean, sd, peak, llf: Normal.logLikelihood(points) };
    const { width, height, left, right, top } = NormalPanel.frame;
    const bottom = height - 62;
    const x = Chart.scale(NormalPanel.LOW, NormalPanel.HIGH, left + 10, width - right - 10);
    const yTicks = Numbers.ticks(sd ? 1.02 * now.peak : 1);
    const y = Chart.scale(0, yTicks.at(-1), bottom, top);
    const box = { x, y, left, right: width - right, top, bottom, yTicks, highest: yTicks.at(-1) };
    NormalPanel.part("axes").replaceChildren(...NormalPanel.axes(box));
    NormalPanel.part("law").replaceChildren(...(sd ? NormalPanel.law(now, box) : NormalPanel.spike(now, box)));
    NormalPanel.dotsAt(now, box);
    NormalPanel.numbers(now);
  },

  axes(box) {
    const xTicks = box.right < 480 ? [65, 70, 75, 80] : [64, 66, 68, 70, 72, 74, 76, 78, 80, 82];
    const one = box.highest > 1 ? [Chart.line(box.left, box.y(1), box.right, box.y(1), "one")] : [];
    const name = box.highest > 1 ? [Chart.words(box.left + 6, box.y(1) - 6, "1: no probability is higher")] : [];
    return [Chart.axes({ ...box, xTicks, xName: "", yName: "density, a degree" }), ...one, ...name];
  },

  law({ points, mean, sd, peak }, { x, y, left, right, top, bottom }) {
    const reach = Array.from({ length: 201 }, (_, i) => mean + sd * (i - 100) * 0.05);
    const seen = reach.filter((t) => x(t) >= left && x(t) <= right);
    const curve = Chart.path(seen.map((t) => [x(t), y(Normal.density(t, mean, sd))]));
    const stems = points.map((t) => Chart.line(x(t), bottom, x(t), y(Normal.density(t, mean, sd)), "stem"));
    const middle = Numbers.clamp(x(mean), left + 88, right - 88);
    return [
      Chart.line(x(mean), top, x(mean), bottom, "middle"),
      ...stems,
      Chart.make("path", { d: curve, class: "curve" }),
      Chart.words(middle, top - 6, `mean ${Numbers.told(mean, 2)}, height ${Numbers.told(peak)}`, "middle"),
    ];
  },

  spike({ mean }, { x, left, right, top, bottom }) {
    return [
      Chart.arrow(x(mean), bottom, x(mean), top, "spike", 8),
      Chart.words(Numbers.clamp(x(mean), left + 92, right - 92), top - 10, "sd 0: no height is enough", "middle"),
    ];
  },

  dotsAt({ points }, { x, bottom }) {
    const { dots, part } = NormalPanel;
    while (dots.length > points.length) dots.pop().remove();
    while (dots.length < points.length) {
      dots.push(NormalPanel.dot(dots.length));
      part("dots").append(dots.at(-1));
    }
    points.forEach((value, i) => {
      dots[i].setAttribute("transform", `translate(${x(value).toFixed(2)} ${bottom})`);
      const said = { "aria-valuenow": value, "aria-valuetext": `${Numbers.short(value)} degrees` };
      for (const [name, text] of Object.entries(said)) dots[i].setAttribute(name, text);
    });
    NormalPanel.back = Chart.scale(x(NormalPanel.LOW), x(NormalPanel.HIGH), NormalPanel.LOW, NormalPanel.HIGH);
  },

  // One point: a slider for the keyboard and a handle for the hand, 44 pixels wide.
  dot(i) {
    const range = { "aria-valuemin": NormalPanel.LOW, "aria-valuemax": NormalPanel.HIGH };
    const group = Chart.make("g", { role: "slider", tabindex: "0", "aria-label": `point ${i + 1}`, class: "dot", ...range });
    group.append(Chart.make("circle", { r: 22, class: "handle" }), Chart.make("circle", { r: 8, class: "bead" }));
    group.addEventListener("keydown", (event) => {
      const step = NormalPanel.STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      NormalPanel.move(i, NormalPanel.points()[i] + step);
    });
    group.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const nearest = NormalPanel.nearest(NormalPanel.under(event));
      nearest.setPointerCapture(event.pointerId);
      nearest.focus();
    });
    group.addEventListener("pointermove", (event) => {
      if (!group.hasPointerCapture(event.pointerId)) return;
      NormalPanel.move(i, NormalPanel.under(event));
    });
    return group;
  },

  under: (event) => NormalPanel.back(event.clientX - NormalPanel.svg.getBoundingClientRect().left),

  // Where handles overlap, the point that the finger is closest to.
  nearest(x) {
    const away = NormalPanel.points().map((value) => Math.abs(value - x));
    return NormalPanel.dots[away.lastIndexOf(Math.min(...away))];
  },

  numbers({ points, mean, sd, peak, llf }) {
    const { part } = NormalPanel;
    const values = { mean, sd, "sd-less": Normal.sd(points, points.length - 1), llf, peak };
    for (const [name, value] of Object.entries(values)) part(name).textContent = Numbers.fixed(value);
    part("note").textContent = NormalPanel.note(sd, peak);
    part("add").disabled = points.length >= 9;
    part("remove").disabled = points.length <= 2;
    part("code").textContent =
      `fit = mlekit.fit([${points.join(", ")}], family="normal")\nfit["mean"], fit["sd"], fit.llf`;
    const told = `mean ${Numbers.told(mean)}, sd ${Numbers.told(sd)}, log-likelihood ${Numbers.told(llf)}`;
    if (State.now.height) Controls.speak(part("spoken"), told);
  },

  note(sd, peak) {
    const onePlace =
      "All points in one place. The narrower the law, the higher its density there, so the likelihood grows without " +
      "end, and no sd is the best. mlekit gives no number here; it says why.";
    if (sd === 0) return onePlace;
    if (peak > 1) return `The top is ${Numbers.told(peak)} high, above 1, and the area under the curve is still 1.`;
    return "";
  },
};
