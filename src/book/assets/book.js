"use strict";

const root = document.body.dataset.root;
const kept = {
  get(key) { try { return localStorage.getItem("pgkeel-" + key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem("pgkeel-" + key, value); } catch { /* A private window keeps nothing. */ } },
};

/* Light and dark. */
document.getElementById("theme").addEventListener("click", () => {
  const html = document.documentElement;
  const now = html.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  html.dataset.theme = now === "dark" ? "light" : "dark";
  kept.set("theme", html.dataset.theme);
});

/* The side on narrow screens. */
const menu = document.getElementById("menu");
menu.addEventListener("click", () => {
  const open = document.body.classList.toggle("open");
  menu.setAttribute("aria-expanded", String(open));
});

/* The language of types and code: one choice for all pages. */
const choices = [...document.querySelectorAll(".choice button")];
if (choices.length) {
  const choose = (lang) => {
    for (const button of choices) button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    for (const part of document.querySelectorAll(".lang")) part.hidden = part.dataset.lang !== lang;
  };
  const known = choices.map((button) => button.dataset.lang);
  const last = kept.get("language");
  choose(known.includes(last) ? last : known[0]);
  for (const button of choices) {
    button.addEventListener("click", () => { choose(button.dataset.lang); kept.set("language", button.dataset.lang); });
  }
}

/* The search. Its lists come as scripts when it is first used: a page from a disk may fetch nothing. */
const book = { lists: {} };
for (const name of ["names", "parts", "columns", "comments"]) {
  book[name] = (list) => { book.lists[name] = list; search(); };
}
window.book = book;

const input = document.getElementById("search");
const results = document.getElementById("results");
const told = document.getElementById("told");
const SHOWN = 40;
let chosen = -1;

function load() {
  if (book.asked) return;
  book.asked = true;
  for (const name of ["names", "parts", "columns", "comments"]) {
    const script = document.createElement("script");
    script.src = root + "assets/" + name + ".js";
    document.head.append(script);
  }
}

/* How well a name fits a word: the whole, the beginning, the beginning of a part, anywhere. */
function fit(name, word) {
  const at = name.indexOf(word);
  if (at < 0) return 0;
  if (name.length === word.length) return 100;
  if (at === 0) return 60;
  return /[^a-z0-9]/.test(name[at - 1]) ? 40 : 20;
}

function found(query) {
  const names = book.lists.names;
  if (!names) return [];
  const words = query.toLowerCase().split(/[\s.]+/).filter(Boolean);
  if (!words.length) return [];
  const hits = [];
  const add = (score, kind, name, place, path) => hits.push({ score, kind, name, place, path });
  const address = (entry) =>
    entry[3] || `${names.kinds[entry[0]][1]}/${names.schemas[entry[1]]}.${entry[2]}.html`;
  const schema = (entry) => (entry[1] < 0 ? "" : names.schemas[entry[1]]);
  /* Every word has to be in the name, or in what the thing is a part of. */
  const rate = (name, around) => {
    const own = name.toLowerCase();
    const outer = around.toLowerCase();
    let total = 0, hit = false;
    for (const word of words) {
      const good = fit(own, word);
      if (good) { total += good; hit = true; } else if (outer.split(".").includes(word)) total += 45; else if (outer.includes(word)) total += 5; else return 0;
    }
    return hit ? total / words.length - Math.min(own.length, 60) / 10 : 0;
  };
  names.entries.forEach((entry) => {
    const name = entry[2] || schema(entry);
    const score = rate(name, schema(entry));
    if (score > 0) add(score + 12 - entry[0] / 2, names.kinds[entry[0]][0], name, entry[2] ? schema(entry) : "", address(entry));
  });
  const owner = (at) => names.entries[at];
  const where = (at) => `${schema(owner(at))}.${owner(at)[2]}`;
  for (const [name, places] of book.lists.columns || []) {
    const own = name.toLowerCase();
    if (!words.some((word) => own.includes(word))) continue;
    for (const at of places) {
      const score = rate(name, where(at));
      if (score > 0) add(score, "column", name, where(at), address(owner(at)) + "#" + encodeURIComponent("column-" + name));
      if (hits.length > 4000) break;
    }
  }
  const parts = book.lists.parts;
  for (const [kind, at, name] of parts ? parts.entries : []) {
    const score = rate(name, where(at));
    if (score > 0) {
      const label = parts.kinds[kind];
      add(score - 6, label, name, where(at), address(owner(at)) + "#" + encodeURIComponent(label + "-" + name));
    }
  }
  if (hits.length < 200) {
    for (const [at, column, text] of book.lists.comments || []) {
      const lower = text.toLowerCase();
      if (words.every((word) => lower.includes(word))) {
        const start = Math.max(0, lower.indexOf(words[0]) - 30);
        const excerpt = (start ? "…" : "") + text.slice(start, start + 90).trim();
        const anchor = column ? "#" + encodeURIComponent("column-" + column) : "";
        add(1, column ? "column" : "table", column || owner(at)[2], where(at) + ": " + excerpt, address(owner(at)) + anchor);
      }
    }
  }
  hits.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.place < b.place ? -1 : 1));
  return hits;
}

function search() {
  const query = input.value.trim();
  results.replaceChildren();
  chosen = -1;
  input.removeAttribute("aria-activedescendant");
  const open = query.length > 0 && document.activeElement === input;
  results.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!open) return;
  const hits = found(query);
  hits.slice(0, SHOWN).forEach((hit, at) => {
    const item = document.createElement("li");
    item.id = "result-" + at;
    item.setAttribute("role", "option");
    const link = document.createElement("a");
    link.href = root + hit.path;
    link.tabIndex = -1;
    for (const [name, text] of [["kind", hit.kind], ["name", hit.name], ["place", hit.place]]) {
      const span = document.createElement("span");
      span.className = name;
      span.textContent = text;
      link.append(span);
    }
    item.append(link);
    results.append(item);
  });
  const count = hits.length > SHOWN ? `${hits.length} found, ${SHOWN} shown` : `${hits.length} found`;
  told.textContent = book.lists.names ? count : "Loading";
  if (!hits.length) {
    const item = document.createElement("li");
    item.className = "none";
    item.textContent = book.lists.names ? "Nothing has this name." : "Loading…";
    results.append(item);
  }
}

function choose(step) {
  const items = [...results.querySelectorAll("[role=option]")];
  if (!items.length) return;
  items[chosen]?.removeAttribute("aria-selected");
  chosen = (chosen + step + items.length + (chosen < 0 && step < 0 ? 1 : 0)) % items.length;
  items[chosen].setAttribute("aria-selected", "true");
  items[chosen].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", items[chosen].id);
}

input.addEventListener("focus", () => { load(); search(); });
input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(1);
  else if (event.key === "ArrowUp") choose(-1);
  else if (event.key === "Enter") {
    const items = results.querySelectorAll("[role=option] a");
    const link = items[Math.max(chosen, 0)];
    if (link) { location.href = link.href; close(); }
  } else if (event.key === "Escape") { input.value = ""; close(); input.blur(); } else return;
  event.preventDefault();
});
function close() {
  results.hidden = true;
  input.setAttribute("aria-expanded", "false");
}
document.addEventListener("pointerdown", (event) => { if (!event.target.closest(".search")) close(); });
document.addEventListener("focusin", (event) => { if (!event.target.closest(".search")) close(); });
document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input, textarea, select");
  if ((event.key === "/" && !writes) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

/* Diagrams: what is seen of one is its viewBox. */
for (const viewer of document.querySelectorAll(".viewer")) view(viewer);

function view(viewer) {
  const canvas = viewer.querySelector(".canvas");
  const svg = canvas.querySelector("svg");
  const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const whole = viewer.classList.contains("whole");
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  if (!whole) canvas.style.height = Math.min(Math.max(height + 8, 160), 560) + "px";
  const box = { x: left, y: top, scale: 1 };
  const size = () => [canvas.clientWidth || 1, canvas.clientHeight || 1];
  let waiting = false;
  const draw = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const [wide, high] = size();
      svg.setAttribute("viewBox", `${box.x} ${box.y} ${wide / box.scale} ${high / box.scale}`);
      svg.classList.toggle("from-afar", box.scale < 0.45);
      viewer.dataset.scale = box.scale.toFixed(3);
    });
  };
  const all = () => {
    const [wide, high] = size();
    box.scale = Math.min(wide / width, high / height, 1);
    box.x = left - (wide / box.scale - width) / 2;
    box.y = top - (high / box.scale - height) / 2;
    draw();
  };
  const zoom = (factor, x, y) => {
    const [wide, high] = size();
    const [px, py] = [x ?? wide / 2, y ?? high / 2];
    const scale = Math.min(Math.max(box.scale * factor, 0.02), 4);
    box.x += px / box.scale - px / scale;
    box.y += py / box.scale - py / scale;
    box.scale = scale;
    draw();
  };
  const move = (x, y) => { box.x += x / box.scale; box.y += y / box.scale; draw(); };
  const center = (node, scale) => {
    const at = node.getBBox();
    const [wide, high] = size();
    if (scale) box.scale = scale;
    box.x = at.x + at.width / 2 - wide / box.scale / 2;
    box.y = at.y + at.height / 2 - high / box.scale / 2;
    draw();
  };

  /* Without a place to magnify, it is the middle: where nothing is there, the nearest table. */
  const magnify = () => {
    zoom(1.3);
    const [wide, high] = size().map((side) => side / box.scale);
    const places = boxes.map((node) => {
      const at = node.getBBox();
      return [at.x + at.width / 2 - box.x - wide / 2, at.y + at.height / 2 - box.y - high / 2];
    });
    if (!places.length || places.some(([x, y]) => Math.abs(x) < wide / 2 && Math.abs(y) < high / 2)) return;
    const [x, y] = places.reduce((best, place) => (Math.hypot(...place) < Math.hypot(...best) ? place : best));
    box.x += x;
    box.y += y;
  };

  const doing = { in: magnify, out: () => zoom(1 / 1.3), all, full: () => {
    if (document.fullscreenElement) document.exitFullscreen(); else viewer.requestFullscreen?.();
  } };
  for (const button of viewer.querySelectorAll("[data-do]")) button.addEventListener("click", () => doing[button.dataset.do]());
  canvas.addEventListener("keydown", (event) => {
    const step = 60;
    const keys = {
      ArrowLeft: () => move(-step, 0), ArrowRight: () => move(step, 0), ArrowUp: () => move(0, -step),
      ArrowDown: () => move(0, step), "+": magnify, "=": magnify, "-": () => zoom(1 / 1.3), 0: all,
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    keys[event.key]();
    event.preventDefault();
  });
  canvas.addEventListener("wheel", (event) => {
    /* A small picture in a page must not hold up who scrolls past it. */
    if (!whole && !event.ctrlKey && !event.metaKey && !document.fullscreenElement) return;
    event.preventDefault();
    const at = canvas.getBoundingClientRect();
    if (event.shiftKey) return move(event.deltaY || event.deltaX, 0);
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });

  /* One finger or the mouse moves, two fingers magnify; what was moved was not clicked. */
  const held = new Map();
  let dragged = 0;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!held.size) dragged = 0;
    held.set(event.pointerId, event);
  });
  window.addEventListener("pointermove", (event) => {
    const last = held.get(event.pointerId);
    if (!last) return;
    const [dx, dy] = [event.clientX - last.clientX, event.clientY - last.clientY];
    if (held.size === 1) {
      dragged += Math.abs(dx) + Math.abs(dy);
      if (dragged > 4) canvas.classList.add("held");
      move(-dx, -dy);
    } else {
      const other = [...held.values()].find((one) => one.pointerId !== event.pointerId);
      const far = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      const at = canvas.getBoundingClientRect();
      dragged = 99;
      zoom(far(event) / far(last), (event.clientX + other.clientX) / 2 - at.left, (event.clientY + other.clientY) / 2 - at.top);
    }
    held.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, (event) => { held.delete(event.pointerId); canvas.classList.remove("held"); });
  }
  canvas.addEventListener("click", (event) => { if (dragged > 4) event.preventDefault(); dragged = 0; }, true);
  canvas.addEventListener("dragstart", (event) => event.preventDefault());

  /* What a table is connected with stands out while it is pointed at. */
  const boxes = [...svg.querySelectorAll(".box")];
  const links = [...svg.querySelectorAll(".link")];
  const point = (node) => {
    const at = node?.dataset.n;
    svg.classList.toggle("pointing", at !== undefined);
    const near = new Set([at]);
    for (const link of links) {
      const is = link.dataset.a === at || link.dataset.b === at;
      link.classList.toggle("lit", is);
      if (is) { near.add(link.dataset.a); near.add(link.dataset.b); }
    }
    for (const one of boxes) one.classList.toggle("lit", near.has(one.dataset.n));
  };
  for (const node of boxes) {
    node.addEventListener("pointerenter", () => { if (!held.size) point(node); });
    node.addEventListener("pointerleave", () => point());
    node.addEventListener("focus", () => { point(node); if (node.matches(":focus-visible")) center(node); });
    node.addEventListener("blur", () => point());
  }

  /* Finding a table: the best hit is shown while the name is written, Enter goes on to the next. */
  const find = viewer.querySelector(".find");
  const named = boxes.map((node) => [node.querySelector(".name").textContent.toLowerCase(), node]);
  let turn = 0;
  const show = () => {
    const word = find.value.trim().toLowerCase();
    const hits = word ? named.filter(([name]) => name.includes(word)) : [];
    hits.sort((a, b) => fit(b[0], word) - fit(a[0], word) || a[0].length - b[0].length);
    const hit = hits.length ? hits[turn % hits.length][1] : undefined;
    find.setAttribute("aria-invalid", String(Boolean(word && !hit)));
    point(hit);
    if (hit) center(hit, Math.max(box.scale, 0.9));
  };
  find.addEventListener("input", () => { turn = 0; show(); });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { turn += 1; show(); event.preventDefault(); }
    if (event.key === "Escape") { find.value = ""; point(); all(); }
  });
  if (boxes.length < 12) find.hidden = true;

  new ResizeObserver(() => (box.touched ? draw() : all())).observe(canvas);
  for (const kind of ["pointerdown", "wheel", "keydown"]) viewer.addEventListener(kind, () => { box.touched = true; });
  const center_box = svg.querySelector(".center");
  if (center_box && !whole) center(center_box, 1);
}
