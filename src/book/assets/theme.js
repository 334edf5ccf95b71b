// Before anything is shown: light or dark as was last chosen, else as the system has it; and the chosen language of code.
"use strict";
(function () {
  const kept = (key) => { try { return localStorage.getItem("pgkeel-" + key); } catch { return null; } };
  const theme = kept("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  document.documentElement.classList.add("script");
})();
