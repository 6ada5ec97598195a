// What the pages' own HTML leaves out for those who read them with a keyboard or a screen reader.
"use strict";

// Code, tables and formulas that are wider than the page scroll: a keyboard must be able to reach them.
const reachable = (box) => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
};
const resized = new ResizeObserver((entries) => entries.forEach((entry) => reachable(entry.target)));
for (const box of document.querySelectorAll("article :is(pre, .formula, .table-wrapper, .cell_output .output)")) {
  reachable(box);
  resized.observe(box);
}

// The line that unfolds an answer is called what it says.
for (const line of document.querySelectorAll("details.hide > summary")) line.removeAttribute("aria-label");

// A list within a list belongs to the entry before it.
for (const list of document.querySelectorAll("article ul > ul")) list.previousElementSibling?.append(list);

// Two landmarks of one kind need names.
document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "All pages");
document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");
