// Runs before the first paint: the reader's own choice of colours, else that of the system.
"use strict";
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage is forbidden in some built-in browsers
    }
  };
  let choice = read();
  const apply = () => {
    const dark = choice === "dark" || (choice === "auto" && system.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  const show = () => {
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === choice));
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const part of document.querySelectorAll("[data-theme-choice]")) part.hidden = false;
    show();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    choice = button.dataset.themeSet;
    try {
      localStorage.setItem("theme", choice);
    } catch {
      // the choice then holds for this page only
    }
    apply();
    show();
  });
})();
