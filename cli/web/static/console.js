// Live parts of a page: after each new state the page is fetched again and the elements with `data-live` are replaced.
let asked = false;

async function refresh() {
  if (asked || document.hidden) return;
  asked = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.redirected || !answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const now = fresh.getElementById(old.id);
      // What somebody is in must not move away under the keyboard.
      if (now && !old.contains(document.activeElement) && old.innerHTML !== now.innerHTML) {
        old.replaceChildren(...now.childNodes);
      }
    }
    document.body.classList.remove("stale");
  } catch {
    document.body.classList.add("stale");
  } finally {
    asked = false;
  }
}

if (document.querySelector("main [data-live], #findings")) {
  const source = new EventSource("/live");
  source.onmessage = refresh;
  source.onerror = () => document.body.classList.add("stale");
  document.addEventListener("visibilitychange", refresh);
}

// `/` goes to the search, `g` and a digit to a page.
let going = false;
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.getElementById("key");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  } else if (going && /^[1-9]$/.test(event.key)) {
    const link = document.querySelectorAll("header nav a")[Number(event.key) - 1];
    if (link) location.assign(link.href);
  }
  going = event.key === "g";
});
