"use strict";

// What the tests ask of the page, in the page.
window.Probe = {
  all: (selector) => [...document.querySelectorAll(selector)],
  html: (elements) => elements.map((element) => element.outerHTML.slice(0, 120)),

  // Sets the three inputs of the coin as a hand would, and reads what then stands there.
  coin([n, s, theta]) {
    const at = (name) => document.querySelector(`[data-testid="demo-${name}"]`);
    for (const [name, value] of [["n", n], ["s", s], ["theta", theta]]) {
      at(name).value = value;
      at(name).dispatchEvent(new Event("input", { bubbles: true }));
    }
    const number = (name, key) => Number(at(name).getAttribute(key));
    const outputs = ["theta", "mle", "nll", "entropy", "kl", "gradient"];
    return {
      ...Object.fromEntries(outputs.map((name) => [name, at(`out-${name}`).textContent])),
      point: [number("point", "cx"), number("point", "cy")],
      lines: [number("line-mle", "x1"), number("line-entropy", "y1")],
      answer: at("verdict").textContent,
      correct: at("verdict").dataset.correct,
      plot: at("plot").outerHTML,
      inputs: ["n", "s", "theta"].map((name) => Number(at(name).value)),
    };
  },

  // Words of the pictures that touch each other or leave their picture, by the boxes that the browser drew.
  crowded() {
    const found = [];
    for (const svg of Probe.all("svg.plot").filter((picture) => picture.checkVisibility())) {
      const words = [...svg.querySelectorAll("text")].filter((text) => text.textContent);
      const boxes = words.map((text) => text.getBBox());
      const told = (i) => `${words[i].textContent} [${Math.round(boxes[i].x)}, ${Math.round(boxes[i].y)}]`;
      boxes.forEach((a, i) => {
        if (a.x < -0.5 || a.x + a.width > svg.viewBox.baseVal.width + 0.5) found.push(`outside: ${told(i)}`);
        boxes.slice(i + 1).forEach((b, j) => {
          const [across, down] = [["x", "width"], ["y", "height"]].map(
            ([at, size]) => Math.min(a[at] + a[size], b[at] + b[size]) - Math.max(a[at], b[at]),
          );
          if (across > 0.5 && down > 0.5) found.push(`${told(i)} on ${told(i + 1 + j)}`);
        });
      });
    }
    return found;
  },

  // The coin's words that stand on a curve or on a line, halo and all left out of the measure.
  crossed() {
    const words = Probe.all("#coin [data-part=words] text").map((text) => [text.textContent, text.getBBox()]);
    const points = Probe.all("#coin :is(path.curve, path.ghost, path.prior, path.posterior)").flatMap(Probe.curve);
    const isIn = ([x, y], box) => x > box.x && x < box.x + box.width && y > box.y + 3 && y < box.y + box.height - 2;
    return words.filter(([, box]) => points.some((point) => isIn(point, box))).map(([text]) => text);
  },

  // Every case of the coin, in each of the given states: what `look` finds there.
  look(look, cases, states) {
    return states.flatMap((state) => {
      State.set(state);
      return cases.flatMap((numbers) => {
        const [n, s, theta] = numbers;
        State.set({ n, s, theta });
        return Probe[look]().map((found) => `${numbers} ${Object.values(state)}: ${found}`);
      });
    });
  },

  curve: (path) => [...path.getAttribute("d").matchAll(/[ML](\S+) ([\d.-]+)/g)].map((m) => [+m[1], +m[2]]),
  cells: () => Probe.all('[role="gridcell"]').map((cell) => cell.getAttribute("aria-label")),

  // What a finger would miss, and what has no name for those who do not see it.
  small: () =>
    Probe.html(
      Probe.all("button, select, summary, input:not(.switch input), .switch").filter(
        (element) => element.checkVisibility() && element.getBoundingClientRect().height < 40,
      ),
    ),
  nameless: () =>
    Probe.html(
      Probe.all("button, input, select, section, svg:not([aria-hidden]), [role=slider], [role=grid], [role=gridcell]").filter(
        (element) =>
          !element.ariaLabel && !element.getAttribute("aria-labelledby") && !element.labels?.length && !element.textContent.trim(),
      ),
    ),
  outside: () =>
    Probe.html(
      Probe.all("body *:not(.visually-hidden, .skip)").filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width && !element.closest(".visually-hidden") && (box.left < -1 || box.right > innerWidth + 1);
      }),
    ),

  // How often a screen reader is given something to say, while a slider is dragged and after.
  async drag(name, from, to) {
    const slider = document.querySelector(`[data-testid="${name}"]`);
    for (let value = from; value < to + 0.005; value += 0.01) {
      slider.value = value;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await Promise.resolve();
    }
    return window.heard;
  },
  listen() {
    window.heard = 0;
    const watch = new MutationObserver(() => window.heard++);
    for (const place of Probe.all("[role=status]")) watch.observe(place, { childList: true, characterData: true, subtree: true });
  },

  // Each text against its ground under 4.5, each line of a picture against the sheet under 3.
  pale() {
    const pale = [];
    for (const element of Probe.all("body *").filter((e) => e.checkVisibility() && e.tagName !== "OPTION")) {
      const style = getComputedStyle(element);
      const hasWords = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
      const words = Probe.contrast(element.tagName === "text" ? style.fill : style.color, Probe.ground(element));
      if (hasWords && words < 4.5) pale.push([...Probe.html([element]), words]);
      const isLine = element.matches("svg line:not(.grid), svg path, .bar, .bead, .point");
      const ink = element.matches("line, path") ? style.stroke : style.fill === "none" ? style.stroke : style.fill;
      const line = isLine ? Probe.contrast(ink, Probe.ground(element)) : 21;
      if (line < 3) pale.push([...Probe.html([element]), line]);
    }
    return pale;
  },
  ground(element) {
    const colour = getComputedStyle(element).backgroundColor;
    return Probe.rgba(colour)[3] === 255 || !element.parentElement ? colour : Probe.ground(element.parentElement);
  },
  contrast(a, b) {
    const [low, high] = [Probe.light(a), Probe.light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  },
  light: (colour) =>
    Probe.rgba(colour)
      .slice(0, 3)
      .map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0),
  known: new Map(),
  rgba(colour) {
    if (!Probe.known.has(colour)) {
      const dot = new OffscreenCanvas(1, 1).getContext("2d");
      dot.fillStyle = colour;
      dot.fillRect(0, 0, 1, 1);
      Probe.known.set(colour, [...dot.getImageData(0, 0, 1, 1).data]);
    }
    return Probe.known.get(colour);
  },
};
