// Before anything is drawn: the theme chosen here, else the system's. The cookie lets the server begin with the right one next time.
(() => {
  const theme = localStorage.getItem("portal-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
  document.cookie = `portal-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
})();
