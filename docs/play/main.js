"use strict";

// Light or dark: as the system says, until the button says otherwise.
const Theme = {
  dark: matchMedia("(prefers-color-scheme: dark)"),
  isDark: ({ theme }) => (theme ? theme === "dark" : Theme.dark.matches),

  start() {
    const button = document.getElementById("theme");
    button.addEventListener("click", () => State.set({ theme: Theme.isDark(State.now) ? "light" : "dark" }));
    const show = (state) => {
      document.documentElement.dataset.theme = state.theme;
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
