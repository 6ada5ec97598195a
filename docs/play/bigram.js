"use strict";

// The table of letter pairs: a law of the next letter for each letter before. Mark 0, •, is the start and the end.
const Bigram = {
  marks: BIGRAM.marks,
  size: BIGRAM.marks.length,
  counts: BIGRAM.counts,
  totals: BIGRAM.counts.map((row) => row.reduce((sum, count) => sum + count, 0)),

  // p(next | before) = (count + add) / Σ (count + add)
  p: (row, col, add) => (Bigram.counts[row][col] + add) / (Bigram.totals[row] + add * Bigram.size),

  // count · −log p, and nothing where the count is 0
  cellLoss(row, col, add) {
    const count = Bigram.counts[row][col];
    return count === 0 ? 0 : -count * Math.log(Bigram.p(row, col, add));
  },

  loss(add) {
    let sum = 0;
    for (let row = 0; row < Bigram.size; row++)
      for (let col = 0; col < Bigram.size; col++) sum += Bigram.cellLoss(row, col, add);
    return sum;
  },

  // What can be read of a text: its letters a to z, at most so many; and what is left out, other marks and the rest.
  read(text, most = 14) {
    const marks = [...text.toLowerCase()];
    const letters = marks.filter((mark) => /^[a-z]$/.test(mark)).join("");
    const others = new Set(marks.filter((mark) => !/^[a-z]$/.test(mark)));
    return { name: letters.slice(0, most), rest: letters.slice(most), others: [...others] };
  },

  // The pairs of a name, its start and end with it, and −log p of each.
  steps(name, add) {
    const codes = [0, ...[...name].map((letter) => Bigram.marks.indexOf(letter)), 0];
    return codes.slice(1).map((col, i) => {
      const row = codes[i];
      const loss = Math.abs(Math.log(Bigram.p(row, col, add))); // p is at most 1: −log p, and no −0
      return { row, col, pair: Bigram.marks[row] + Bigram.marks[col], loss };
    });
  },
};
