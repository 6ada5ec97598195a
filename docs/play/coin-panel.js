"use strict";

// Panel one, the coin: its flips, the question, the picture, and the numbers.
const CoinPanel = {
  HIGHEST: 2, // nats, the top of the picture
  KEYS: ["n", "s", "theta", "guess", "moved", "choose", "prior", "a", "b"],
  WHY: {
    up: "θ stands below s/n, the share of heads, and the loss falls to its right.",
    down: "θ stands above s/n, the share of heads, and the loss falls to its left.",
    stay: "θ is s/n, the share of heads. The loss is lowest here, and its slope is zero.",
    end: "θ is s/n, an end of the interval. The loss is lowest here, and no guess lies beyond.",
  },

  start() {
    const panel = document.getElementById("coin");
    CoinPanel.get = (name) => panel.querySelector(`[data-testid="demo-${name}"]`);
    CoinPanel.part = (name) => panel.querySelector(`[data-part="${name}"]`);
    const svg = CoinPanel.get("plot");
    const redraw = () => CoinPanel.draw(State.now);
    CoinPanel.frame = Chart.fit(svg, (width) => (width < 480 ? 360 : 420), redraw);
    Object.assign(CoinPanel.frame, { top: 48, bottom: 82 });
    State.on(CoinPanel.KEYS, CoinPanel.draw);
    State.on(["n", "s", "order"], CoinPanel.flips);
    State.on(["coin", "tossed", "latest", "n"], CoinPanel.tossed);
    CoinPanel.buttons();
    CoinPanel.drag(svg);
  },

  buttons() {
    const { part } = CoinPanel;
    part("toss-1").addEventListener("click", () => CoinPanel.toss(1));
    part("toss-10").addEventListener("click", () => CoinPanel.toss(10));
    part("other").addEventListener("click", () => {
      const coin = State.now.coin + 1;
      const s = Chance.tosses(coin, 0, 20).filter(Boolean).length;
      State.set({ coin, n: 20, s, tossed: 20, latest: 20 });
    });
    part("shuffle").addEventListener("click", () => State.set({ order: State.now.order + 1 }));
    CoinPanel.get("reset").addEventListener("click", () => {
      State.set(State.starts(...CoinPanel.KEYS, "order", "coin", "tossed", "latest"));
    });
  },

  toss(count) {
    const { coin, n, s, tossed } = State.now;
    const latest = Math.min(count, 100 - n);
    const heads = Chance.tosses(coin, tossed, latest).filter(Boolean).length;
    State.set({ n: n + latest, s: s + heads, tossed: tossed + latest, latest });
  },

  // The guess follows a finger or a mouse over the picture, too; a finger that scrolls down the page leaves it alone.
  drag(svg) {
    const move = (event) => {
      const x = event.clientX - svg.getBoundingClientRect().left;
      State.set({ theta: Numbers.clamp(CoinPanel.scales().x.back(x), 0, 1) });
    };
    svg.addEventListener("pointerdown", (event) => svg.setPointerCapture(event.pointerId));
    svg.addEventListener("click", move);
    svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && move(event));
  },

  scales() {
    const { width, height, left, right, top, bottom } = CoinPanel.frame;
    const x = Chart.scale(0, 1, left, width - right);
    x.back = Chart.scale(left, width - right, 0, 1);
    const y = Chart.scale(0, CoinPanel.HIGHEST, height - bottom, top);
    return { x, y, left, right: width - right, top, bottom: height - bottom };
  },

  flips({ n, s, order }) {
    const heads = Array.from({ length: n }, (_, i) => i < s);
    const row = CoinPanel.part("flips");
    row.setAttribute("aria-label", `${n} flips: ${s} heads, ${n - s} tails`);
    row.replaceChildren(
      ...(order ? Chance.shuffled(heads, order) : heads).map((isHead) => {
        const flip = document.createElement("span");
        flip.className = isHead ? "heads" : "tails";
        flip.textContent = isHead ? "H" : "T";
        return flip;
      }),
    );
    for (const field of document.querySelectorAll('[data-key="s"]')) field.max = n;
    for (const field of document.querySelectorAll('[data-key="s"]')) field.value = s;
    const shuffled = "Another order, the same n and s: every number of this panel is as it was.";
    Controls.text(CoinPanel.part("order"), order ? shuffled : "");
  },

  tossed({ coin, tossed, latest, n }) {
    const isFull = n >= 100;
    CoinPanel.part("toss-1").disabled = CoinPanel.part("toss-10").disabled = isFull;
    const came = Chance.tosses(coin, Math.max(0, tossed - latest), latest);
    const heads = came.filter(Boolean).length;
    const told = `Tossed ${came.map((isHead) => (isHead ? "H" : "T")).join(" ")}: ${heads} heads of ${latest}. `;
    const words = latest ? told : "This coin hides its p. Toss it. ";
    Controls.text(CoinPanel.part("tossed"), words + (isFull ? "100 flips are all that fit here." : ""));
    const hidden = `p = ${Chance.hidden(coin).toFixed(3)}`;
    const said = tossed ? `The tosses came from ${hidden}.` : `This coin has ${hidden}. It was not tossed yet.`;
    Controls.text(CoinPanel.part("hidden"), said);
  },

  draw(state) {
    const { n, s, theta, guess } = state;
    const now = {
      mle: s / n,
      loss: Coin.loss(s, n, theta),
      entropy: Coin.entropy(s, n),
      kl: Coin.kl(s, n, theta),
      slope: Coin.slope(s, n, theta),
      direction: Coin.direction(s, n, theta),
      lift: state.choose ? Coin.logChoose(n, s) / n : 0,
    };
    CoinPanel.numbers(state, now);
    CoinPanel.sentences(state, now);
    const isCorrect = guess ? guess === now.direction : null;
    const opening = state.moved ? "Now" : isCorrect ? "Yes" : "No";
    const why = CoinPanel.WHY[now.kl === 0 && Coin.atEnd(theta) ? "end" : now.direction];
    const verdict = guess ? `${opening}: ${now.direction}. ${why}` : "";
    Controls.verdict(CoinPanel.get("verdict"), isCorrect, verdict);
    CoinPanel.get("verdict").classList.toggle("now", state.moved === "on");
    CoinPicture.draw(state, now, CoinPanel.scales());
  },

  numbers({ theta }, now) {
    const values = { mle: now.mle, nll: now.loss, entropy: now.entropy, kl: now.kl, gradient: now.slope };
    CoinPanel.get("out-theta").textContent = theta.toFixed(2);
    for (const [name, value] of Object.entries(values)) CoinPanel.get(`out-${name}`).textContent = Numbers.fixed(value);
    const lifted = now.lift ? ` (with orders ${Numbers.told(now.loss - now.lift)})` : "";
    const told = `loss ${Numbers.told(now.loss)}${lifted}, entropy ${Numbers.told(now.entropy)}, KL ${Numbers.told(now.kl)}`;
    const slope = Number.isNaN(now.slope) ? "none" : Numbers.told(now.slope);
    const all = `θ ${theta.toFixed(2)}, estimate ${Numbers.told(now.mle)}: ${told}, slope in the logit ${slope}`;
    CoinPanel.get("plot").setAttribute("aria-label", `The mean loss over θ, lowest at the estimate. ${all}.`);
    if (State.now.guess) Controls.speak(CoinPanel.part("spoken"), all);
  },

  sentences(state, now) {
    const { n, s, theta } = state;
    const { part } = CoinPanel;
    const inP = Coin.slopeInP(s, n, theta);
    const two = `The slope in p is another number: (θ − s/n) / (θ(1 − θ)) = ${Numbers.told(inP)}.`;
    part("slope-in-p").textContent = Number.isNaN(inP) ? "At 0 and 1 there is no logit, and so no slope in it." : two;
    part("note").textContent = CoinPanel.note(s, n, theta);
    const [sum, each] = [Coin.logChoose(n, s), Coin.logChoose(n, s) / n].map((x) => Numbers.told(x));
    const lower = `log C(${n}, ${s}) = ${sum}. Shared among ${n} flips, the whole curve is ${each} lower.`;
    const same = `Its lowest point is still at θ = ${Numbers.told(now.mle)}, and KL and slope are as they were.`;
    part("choose").textContent = `${lower} ${same} The numbers above leave the coefficient out; the dotted curve is the loss without it.`;
    CoinPanel.posterior(state, now);
    const prior = state.prior ? `, prior=mlekit.priors.Beta(${state.a}, ${state.b})` : "";
    const data = `mlekit.counted([0, 1], [${n - s}, ${s}])`;
    const asked = state.prior ? 'fit["p"], fit.posterior()["p"].mean()' : `fit["p"], fit.decompose({"p": ${theta}})`;
    part("code").textContent = `fit = mlekit.fit(${data}, family="bernoulli"${prior})\n${asked}`;
  },

  note(s, n, theta) {
    const [side, came] = theta === 0 ? ["heads", s] : ["tails", n - s];
    const infinite = `θ = ${theta} says that ${side} cannot be, and ${came} came. Loss and KL are infinite; nothing is cut off.`;
    if (Coin.loss(s, n, theta) === Infinity) return infinite;
    if (s > 0 && s < n) return "";
    const end = `All ${s ? "heads" : "tails"}: the line stands at the end, θ = ${s ? 1 : 0}, where loss and entropy are 0.`;
    return `${end} ${Coin.atEnd(theta) ? "This is the estimate." : "No θ between 0 and 1 gets there."}`;
  },

  posterior({ n, s, a, b }) {
    const after = [a + s, b + n - s];
    const mode = Beta.mode(...after);
    CoinPanel.part("map").textContent = Numbers.fixed(mode);
    CoinPanel.part("posterior").textContent = `Beta(${Numbers.short(after[0])}, ${Numbers.short(after[1])})`;
    CoinPanel.part("posterior-mean").textContent = Numbers.fixed(Beta.mean(...after));
    const flat = "A flat prior, Beta(1, 1), leaves the estimate where it was.";
    const between = "The MAP lies between the data’s s/n and the top of the prior. Toss more coins: the prior fades.";
    CoinPanel.part("prior-note").textContent = a === 1 && b === 1 ? flat : between;
  },
};
