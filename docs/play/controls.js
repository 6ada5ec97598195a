"use strict";

// What stands in the page with data-key is bound to the state: fields, switches, answers, and what is shown when.
const Controls = {
  start() {
    for (const field of document.querySelectorAll("input[data-key], select[data-key]")) Controls.field(field);
    for (const button of document.querySelectorAll("button[data-key]")) Controls.answer(button);
    for (const place of document.querySelectorAll("[data-shown-by]")) {
      const key = place.dataset.shownBy;
      State.on([key], (state) => (place.hidden = !state[key]));
    }
  },

  field(field) {
    const key = field.dataset.key;
    const isSwitch = field.type === "checkbox" || field.type === "radio";
    const read = () => (field.type === "checkbox" && !field.checked ? "" : field.value);
    const show = (state) => {
      if (isSwitch) field.checked = field.value === state[key];
      else field.value = field.dataset.digits ? state[key].toFixed(field.dataset.digits) : state[key];
    };
    // A number is taken when it is finished: the 1 of a 15 is no 1.
    if (field.type !== "number") field.addEventListener("input", () => State.set({ [key]: read() }));
    field.addEventListener("change", () => {
      State.set({ [key]: read() });
      show(State.now);
    });
    State.on([key], show);
  },

  answer(button) {
    const { key, value } = button.dataset;
    button.addEventListener("click", () => State.set({ [key]: value }));
    State.on([key], (state) => button.setAttribute("aria-pressed", String(state[key] === value)));
  },

  // A verdict is said only when it changes, so that a dragged slider does not flood a screen reader.
  verdict(place, isCorrect, text) {
    if (isCorrect === null) delete place.dataset.correct;
    else place.dataset.correct = String(isCorrect);
    Controls.text(place, text);
  },

  text(place, text) {
    if (place.textContent !== text) place.textContent = text;
  },

  // For screen readers: what the numbers came to, once the hand rests.
  spoken: new Map(),
  speak(place, text) {
    clearTimeout(Controls.spoken.get(place));
    const isFirst = !Controls.spoken.has(place);
    Controls.spoken.set(place, setTimeout(() => isFirst || Controls.text(place, text), 800));
  },
};
