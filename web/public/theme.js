// Runs before the first paint, so that a chosen theme never flashes. The choice is made in lib/theme.ts.
try {
  const theme = localStorage.getItem("pixharbor.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us; the system's theme serves.
}
