window.portal = {
  dark: () => document.documentElement.dataset.theme === "dark",

  theme(dark) {
    const theme = dark ? "dark" : "light";
    localStorage.setItem("portal-theme", theme);
    document.cookie = `portal-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    document.documentElement.dataset.theme = theme;
  },

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // No clipboard without https (but for loopback) or without the person's leave: the old way needs neither.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      area.style.position = "fixed";
      document.body.append(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      return copied;
    }
  },

  download(name, text) {
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(new Blob([text], { type: "text/plain" })),
      download: name,
    });
    link.click();
    URL.revokeObjectURL(link.href);
  },

  // The login is over. Not at once: who logs out in another window is still on the way through Identity, which would log this one in again.
  reload() {
    setTimeout(() => portal.leaving || location.reload(), 1000);
  },

  // A key that came before the page was there for it is not lost.
  searchKey(box) {
    portal.searchBox = box;
    if (box && portal.searchWanted) {
      portal.searchWanted = false;
      box.invokeMethodAsync("Open");
    }
  },
};

addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    portal.searchWanted = !portal.searchBox;
    portal.searchBox?.invokeMethodAsync("Open");
  }
});

// A form that is sent (logging out) leaves the page; nothing may turn back.
addEventListener("submit", event => {
  portal.leaving = event.target.method === "post";
});

// The portal was restarted, or this page slept too long: its state on the server is gone. It is loaded anew once the portal answers.
const reloadWhenBack = async () => {
  document.getElementById("components-reconnect-modal").className = "reconnect over";
  for (;;) {
    try {
      if ((await fetch("/health/live", { cache: "no-store" })).ok) {
        location.reload();
        return;
      }
    } catch {
      // Not yet.
    }
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
};

Blazor.start({
  circuit: {
    reconnectionHandler: {
      onConnectionDown() {
        const modal = document.getElementById("components-reconnect-modal");
        modal.className = "reconnect trying";
        (async () => {
          for (let attempt = 0; attempt < 50; attempt++) {
            try {
              if (!(await Blazor.reconnect())) {
                break;
              }
              return;
            } catch {
              await new Promise(resolve => setTimeout(resolve, Math.min(200 * (attempt + 1), 2000)));
            }
          }
          await reloadWhenBack();
        })();
      },
      onConnectionUp() {
        document.getElementById("components-reconnect-modal").className = "reconnect";
      },
    },
  },
});
