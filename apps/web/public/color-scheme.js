// Before the first paint, and a file of its own because the Content-Security-Policy allows no inline script.
(function () {
  var wanted = "auto";
  try {
    wanted = localStorage.getItem("mantine-color-scheme-value") || "auto";
  } catch (error) {
    // Storage is switched off: the system's scheme it is.
  }
  var dark = wanted === "dark" || (wanted === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
