"use strict";

// Panel three: the table of letter pairs, one of its rows as bars, and a name read letter by letter.
const BigramPanel = {
  start() {
    const panel = document.getElementById("bigram");
    BigramPanel.part = (name) => panel.querySelector(`[data-part="${name}"]`);
    const { part } = BigramPanel;
    BigramPanel.choices(panel);
    BigramPanel.cells = BigramTable.build(part("table"));
    BigramPanel.rowFrame = Chart.fit(part("row-plot"), () => 190, () => BigramPanel.row(State.now));
    BigramPanel.nameFrame = Chart.fit(part("name-plot"), () => 220, () => BigramPanel.name(State.now));
    State.on(["unseen"], BigramPanel.answer);
    State.on(["add", "show"], BigramTable.colour);
    State.on(["row", "col", "add"], BigramTable.select);
    State.on(["row", "col", "add"], BigramPanel.row);
    State.on(["name", "add"], BigramPanel.name);
    State.on(["add", "name"], BigramPanel.total);
    part("again").addEventListener("click", () => State.set(State.starts("unseen", "row", "col", "show", "add", "name")));
  },

  called: (mark, atMark) => (mark === 0 ? atMark : Bigram.marks[mark]),

  choices(panel) {
    for (const [key, atMark] of [["row", "• the start"], ["col", "• the end"]])
      panel.querySelector(`select[data-key="${key}"]`).append(
        ...[...Bigram.marks].map((_, i) => new Option(BigramPanel.called(i, atMark), i)),
      );
  },

  // "q, then u: 206 times, probability 0.757, …"
  words(row, col, add) {
    const pair = `${BigramPanel.called(row, "start")}, then ${BigramPanel.called(col, "end")}`;
    const count = Bigram.counts[row][col];
    const times = `${Numbers.whole(count)} ${count === 1 ? "time" : "times"}`;
    const p = Numbers.told(Bigram.p(row, col, add), 4);
    const share = Numbers.percent(Bigram.cellLoss(row, col, add) / BigramTable.loss(add));
    return `${pair}: ${times}, probability ${p}, ${share} of the loss`;
  },

  answer({ unseen }) {
    const why =
      "A product with a zero in it is zero, and −log 0 = ∞. Try a name with such a pair, then add a little to every cell.";
    const opening = unseen === "infinite" ? "Yes, ∞." : "The answer is ∞.";
    const verdict = unseen ? `${opening} ${why}` : "";
    Controls.verdict(BigramPanel.part("verdict"), unseen ? unseen === "infinite" : null, verdict);
  },

  // The law of the chosen row: 27 bars, which add up to one.
  row({ row, col, add }) {
    const law = Array.from({ length: Bigram.size }, (_, next) => Bigram.p(row, next, add));
    const yTicks = Numbers.ticks(Math.max(...law));
    const { width, height, left, right, top } = BigramPanel.rowFrame;
    const bottom = height - 26;
    const y = Chart.scale(0, yTicks.at(-1), bottom, top);
    const step = (width - left - right) / Bigram.size;
    const size = step < 14 ? "tight " : "";
    const bars = law.flatMap((p, i) => {
      const x = left + i * step;
      const kind = i === col ? "bar chosen" : "bar";
      return [
        Chart.make("rect", { x: x + 1, y: y(p), width: step - 2, height: bottom - y(p), class: kind }),
        Chart.words(x + step / 2, bottom + 17, Bigram.marks[i], "middle", size + (i === col ? "yours" : "")),
      ];
    });
    const axes = Chart.axes({
      x: (t) => t, y, xTicks: [], yTicks, left, right: width - right, bottom, top, xName: "",
      yName: `probability of the next letter after ${BigramPanel.called(row, "the start")}`,
    });
    BigramPanel.part("row-bars").replaceChildren(axes, ...bars);
    const best = [...law.keys()].sort((i, j) => law[j] - law[i]).slice(0, 3);
    const told = best.map((i) => `${BigramPanel.called(i, "the end")} ${Numbers.told(law[i])}`).join(", ");
    const words = `After ${BigramPanel.called(row, "the start")}, most likely: ${told}.`;
    BigramPanel.part("row-plot").setAttribute("aria-label", words);
  },

  name(state) {
    const { part } = BigramPanel;
    const { name, rest, others } = Bigram.read(state.name);
    const steps = name ? Bigram.steps(name, state.add) : [];
    const loss = name ? steps.reduce((sum, step) => sum + step.loss, 0) : NaN;
    BigramPanel.nameBars(steps);
    part("name-loss").textContent = Numbers.fixed(loss);
    part("name-mean").textContent = Numbers.fixed(loss / steps.length);
    const told = steps.map(({ pair, loss }) => `${pair} ${Numbers.told(loss, 2)}`).join(", ");
    const words = name ? `The loss of each pair of ${name}: ${told}.` : "No name, no pairs.";
    part("name-plot").setAttribute("aria-label", words);
    const never = [...new Set(steps.filter((step) => step.loss === Infinity).map((step) => step.pair))].join(", ");
    const why = `Never seen, so impossible: ${never}. One such pair makes the whole name impossible.`;
    part("name-note").textContent = never ? why : "";
    Controls.text(part("name-read"), BigramPanel.reading(name, rest, others));
    const heard = `loss of the name ${Numbers.told(loss)}. ${never ? `Impossible: ${never}` : ""}`;
    Controls.speak(part("spoken"), name ? heard : "");
  },

  // What of the text is no part of the name that is read.
  reading(name, rest, others) {
    const marks = others.map((mark) => (mark === " " ? "space" : `“${mark}”`)).join(", ");
    const left = others.length ? `Left out, being no letters a to z: ${marks}.` : "";
    const long = rest ? `Left out after 14 letters: “${rest}”.` : "";
    if (name) return left || long ? `Read as “${name}”. ${left} ${long}`.trim() : "";
    return `Type a name: there is no letter here to read. ${left}`.trim();
  },

  nameBars(steps) {
    const { width, height, left, right, top } = BigramPanel.nameFrame;
    const bottom = height - 38;
    const highest = 2 * Math.ceil(Math.max(4, ...steps.map(({ loss }) => (loss === Infinity ? 0 : loss))) / 2);
    const y = Chart.scale(0, highest, bottom, top + 14);
    const step = Math.min(64, (width - left - right) / steps.length);
    const [digits, size] = [step < 17 ? 0 : step < 34 ? 1 : 2, step < 26 ? "tight " : ""];
    const bars = steps.flatMap(({ pair, loss }, i) => {
      const isImpossible = loss === Infinity;
      const [x, up] = [left + i * step, isImpossible ? y(highest) : y(loss)];
      const [middle, kind] = [x + step / 2, isImpossible ? "bar never" : "bar"];
      return [
        Chart.make("rect", { x: x + 2, y: up, width: step - 4, height: bottom - up, class: kind }),
        Chart.words(middle, up - 5, Numbers.told(loss, digits), "middle", size + (isImpossible ? "yours" : "")),
        ...BigramPanel.pairWords(middle, bottom + 15, pair, step < 34),
      ];
    });
    const axes = Chart.axes({
      x: (t) => t, y, xTicks: [], yTicks: [0, highest / 2, highest], left, right: width - right, bottom, top, xName: "",
      yName: "loss of each pair, −log p",
    });
    BigramPanel.part("name-bars").replaceChildren(axes, ...bars);
  },

  // A pair side by side, or one letter below the other where there is no room.
  pairWords(x, y, pair, isNarrow) {
    const lines = isNarrow ? [...pair] : [pair];
    return lines.map((text, i) => Chart.words(x, y + 15 * i, text, "middle"));
  },

  total({ add, name }) {
    const pairs = Bigram.totals.reduce((sum, count) => sum + count, 0);
    const [least, now] = [Bigram.loss(0) / pairs, BigramTable.loss(add) / pairs];
    const cells = Bigram.counts.flat().filter((count) => count === 0).length;
    BigramPanel.part("mean-loss").textContent = Numbers.fixed(now, 4);
    const more = `Every cell has ${Numbers.short(add)} more, so nothing is impossible.`;
    const cost = `The names themselves cost ${Numbers.told(now - least, 5)} more a letter.`;
    const never = `${cells} of the ${Bigram.size ** 2} pairs never came: the hatched cells. Their probability is 0.`;
    BigramPanel.part("total-note").textContent = add ? `${more} ${cost}` : never;
    const hatched = add ? "Nothing is hatched: no probability is 0." : "Hatched: never seen, probability 0.";
    BigramPanel.part("hatched").textContent = hatched;
    const letters = Bigram.read(name).name;
    const prior = add ? `prior=mlekit.priors.Dirichlet(${Numbers.short(add + 1)})` : "";
    const fit = `fit = mlekit.fit(lm.names(), family=lm.Bigram(${prior}))`;
    BigramPanel.part("code").textContent = `${fit}\nfit.params${letters ? `, fit.log_prob(["${letters}"])` : ""}`;
  },
};
