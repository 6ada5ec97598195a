"use strict";

// The 27 by 27 table as a grid that the arrow keys walk through.
const BigramTable = {
  KEYS: {
    ArrowLeft: ({ row, col }) => ({ row, col: col - 1 }),
    ArrowRight: ({ row, col }) => ({ row, col: col + 1 }),
    ArrowUp: ({ row, col }) => ({ row: row - 1, col }),
    ArrowDown: ({ row, col }) => ({ row: row + 1, col }),
    Home: ({ row }) => ({ row, col: 0 }),
    End: ({ row }) => ({ row, col: Bigram.size - 1 }),
    PageUp: ({ col }) => ({ row: 0, col }),
    PageDown: ({ col }) => ({ row: Bigram.size - 1, col }),
  },

  place(role, text = "") {
    const element = document.createElement("div");
    element.setAttribute("role", role);
    element.textContent = text;
    return element;
  },

  build(table) {
    const { place } = BigramTable;
    const line = (...cells) => {
      const row = place("row");
      row.append(...cells);
      return row;
    };
    const marks = [...Bigram.marks];
    const corner = document.createElement("span");
    Object.assign(corner, { className: "visually-hidden", textContent: "letter before" });
    const first = place("columnheader");
    first.append(corner);
    table.append(line(first, ...marks.map((mark) => place("columnheader", mark))));
    const cells = marks.map((mark, row) => {
      const made = marks.map((_, col) => Object.assign(place("gridcell"), { tabIndex: -1, row, col }));
      table.append(line(place("rowheader", mark), ...made));
      return made;
    });
    BigramTable.listen(table);
    return cells;
  },

  listen(table) {
    const at = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest('[role="gridcell"]');
    table.addEventListener("keydown", (event) => {
      const step = BigramTable.KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      State.set(step(State.now));
      BigramPanel.cells[State.now.row][State.now.col].focus();
    });
    table.addEventListener("click", (event) => {
      const cell = at(event);
      if (cell) State.set({ row: cell.row, col: cell.col });
    });
    table.addEventListener("pointermove", (event) => {
      const cell = at(event);
      if (cell) BigramTable.tell(cell.row, cell.col, State.now.add);
    });
    table.addEventListener("pointerleave", () => BigramTable.tell(State.now.row, State.now.col, State.now.add));
  },

  tell: (row, col, add) => Controls.text(BigramPanel.part("cell"), BigramPanel.words(row, col, add)),

  // The loss of all names is asked for by every cell; it changes only with what is added.
  known: new Map(),
  loss(add) {
    if (!BigramTable.known.has(add)) BigramTable.known.set(add, Bigram.loss(add));
    return BigramTable.known.get(add);
  },

  colour({ add, show }) {
    const value = show === "share" ? Bigram.cellLoss : Bigram.p;
    const all = BigramPanel.cells.flat().map((cell) => value(cell.row, cell.col, add));
    const highest = Math.max(...all);
    BigramPanel.cells.flat().forEach((cell, i) => {
      const isImpossible = Bigram.p(cell.row, cell.col, add) === 0;
      cell.classList.toggle("impossible", isImpossible);
      cell.style.setProperty("--share", `${(100 * Math.sqrt(all[i] / highest)).toFixed(1)}%`);
      cell.setAttribute("aria-label", BigramPanel.words(cell.row, cell.col, add));
    });
  },

  select({ row, col, add }) {
    const chosen = BigramPanel.cells[row][col];
    for (const cell of BigramPanel.cells.flat()) {
      const isChosen = cell === chosen;
      if (isChosen || cell.tabIndex === 0) cell.tabIndex = isChosen ? 0 : -1;
      if (isChosen) cell.setAttribute("aria-selected", "true");
      else cell.removeAttribute("aria-selected");
    }
    BigramTable.tell(row, col, add);
  },
};
