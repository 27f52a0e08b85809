// Set the theme before the first paint: a page may insist on one, else what the reader chose, else the system's.
{
  const insisted = document.currentScript.dataset.theme;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = insisted || localStorage.getItem("anlan-theme") || "auto";
    const root = document.documentElement;
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    dispatchEvent(new CustomEvent("anlan:theme", { detail: root.dataset.bsTheme }));
  };
  dark.addEventListener("change", apply);
  window.anlanTheme = (choice) => {
    localStorage.setItem("anlan-theme", choice);
    apply();
  };
  apply();
  if (localStorage.getItem("anlan-side") === "narrow") document.documentElement.dataset.side = "narrow";
}
