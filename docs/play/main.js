"use strict";

// Light or dark: as the address says, or else as was chosen on the other pages of the site, or else as the system says.
const Theme = {
  dark: matchMedia("(prefers-color-scheme: dark)"),
  chosen: ({ theme }) => theme || Theme.site,
  isDark: (state) => (Theme.chosen(state) ? Theme.chosen(state) === "dark" : Theme.dark.matches),

  // The other pages keep "light", "dark" or "auto"; a browser may forbid to look.
  read() {
    try {
      return FIELDS.theme[1](localStorage.getItem("theme")) ?? "";
    } catch {
      return "";
    }
  },

  start() {
    Theme.site = Theme.read();
    const button = document.getElementById("theme");
    button.addEventListener("click", () => State.set({ theme: Theme.isDark(State.now) ? "light" : "dark" }));
    const show = (state) => {
      document.documentElement.dataset.theme = Theme.chosen(state);
      button.textContent = Theme.isDark(state) ? "Light" : "Dark";
    };
    Theme.dark.addEventListener("change", () => show(State.now));
    State.on(["theme"], show);
  },
};

// The address belongs to the state, so the link at the top moves the focus alone.
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("coin-title").focus();
});

State.now = State.read({});
Controls.start();
Theme.start();
CoinPanel.start();
NormalPanel.start();
BigramPanel.start();
addEventListener("hashchange", State.restore);
State.restore();
document.documentElement.classList.add("ready");
