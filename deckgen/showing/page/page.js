"use strict";
// The page of `deckgen preview` and `deckgen serve`: cards as Anki shows them, one or many at a time.

const byId = (id) => document.getElementById(id);
const PHONE = 390; // CSS pixels, the width of most phones

let data = JSON.parse(byId("data").textContent);
let cards = []; // of all notes, in the order of study
let chosen = []; // indices of the cards that pass the filters
let at = 0; // position in `chosen`
let answer = false;
const typed = new Map(); // what was typed on a card's front, by its name

// -- preferences: kept from visit to visit where the browser allows it ---------------

const KEPT = "deckgen-preview";
let kept = {};
try {
  kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
} catch { /* a browser may forbid it for files */ }
const dark = matchMedia("(prefers-color-scheme: dark)");
const preferences = { night: dark.matches, phone: false, list: false, letters: true, ...kept };

function prefer(name, value) {
  preferences[name] = kept[name] = value;
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch { /* as above */ }
}

// -- elements ------------------------------------------------------------------------

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

// Puts the parts into a host one by one: a call takes no more than some 100,000 arguments.
function refill(host, parts) {
  const all = document.createDocumentFragment();
  for (const part of parts) all.append(part);
  host.replaceChildren(all);
}

function options(select, rows, all) {
  const before = select.value;
  refill(select, [["", all], ...rows].map(([value, label]) => new Option(label, value)));
  select.value = rows.some(([value]) => value === before) ? before : "";
  select.parentElement.hidden = rows.length < 2;
}

// -- what Anki makes of a note (rslib/src/template.rs, cloze.rs), as far as our templates ask for it ----

const TAG = /\{\{([#^/]?)([^{}]+)\}\}/;
const DELETION = /\{\{c(\d+)::([^]*?)(?:::([^]*?))?\}\}/g;
const MATHJAX = /(\\[([])([^]*?)(\\[)\]])/g;
const HTML = /<!--[^]*?-->|<[^>]*>/g;

// The HTML of the front or back of a card. It is made whenever it is shown: a note of many deletions has its text once.
function sideOf({ note, number }, side) {
  if (note.sides) return note.sides[number][side]; // of the deck's own note types, made by deckgen
  // A cloze note type has one template for all its cards.
  const { templates, fields, cloze } = data.types[note.type];
  const template = templates[cloze ? 0 : number - 1][side];
  const named = Object.fromEntries(fields.map((field, place) => [field, note.fields[place]]));
  return filled(parsed(template), named, number, side === "back");
}

// The parts of a template: texts, sections that depend on a field, and fields with their filters.
const parsed = (template) => parts(template.split(TAG).values());

function parts(pieces) {
  const made = [pieces.next().value];
  for (const sign of pieces) {
    const word = pieces.next().value;
    if (sign === "/") break;
    const field = word.split(":");
    made.push(sign ? { section: word, filled: sign === "#", parts: parts(pieces) } : { field: field.pop(), filters: field });
    made.push(pieces.next().value);
  }
  return made;
}

function filled(parts, fields, number, answer) {
  return parts.map((part) => {
    if (typeof part === "string") return part;
    if (part.section) return (fields[part.section].trim() !== "") === part.filled ? filled(part.parts, fields, number, answer) : "";
    if (part.filters[0] === "type") return `[[${[...part.filters, part.field].join(":")}]]`;
    if (part.filters[0] === "hint") return hinted(fields[part.field], part.field);
    if (part.filters[0]?.startsWith("tts ")) return `[anki:tts lang=${part.filters[0].slice(4)}][/anki:tts]`;
    return part.filters[0] === "cloze" ? clozed(fields[part.field], number, answer) : fields[part.field];
  }).join("");
}

// A link that gives way to a text. Anki's own has a script in it, which this page forbids: `complete` puts one behind it.
const hinted = (html, field) => html.trim() && `
<a class=hint href="#" draggable=false>
${field}</a>
<div class=hint style="display: none">${html}</div>
`;

// A text with the deletions `number` hidden or, in the answer, shown, and all others shown.
function clozed(html, number, answer) {
  const shown = html.replace(DELETION, (_, ordinal, content, hint) => {
    if (content.startsWith("image-occlusion:")) return ""; // drawn by `masked`
    if (Number(ordinal) !== number) return `<span class="cloze-inactive" data-ordinal="${ordinal}">${content}</span>`;
    return `<span class="cloze" data-ordinal="${ordinal}">${answer ? content : `[${hint || "..."}]`}</span>`;
  });
  // MathJax reads text only, so Anki takes elements out of formulas.
  return shown.replace(MATHJAX, (_, open, tex, close) => open + tex.replace(HTML, "") + close);
}

// Nothing is read aloud on this page; a speaker is drawn where Anki has a button.
const SPEECH = /\[anki:tts lang=([\w-]*)[^\]]*\][^]*?\[\/anki:tts\]/g;
const silenced = (html) => html.replace(SPEECH, `<svg class="speech" viewBox="0 0 16 16" role="img"><title>Anki reads this aloud where it has a voice: $1</title>` +
  `<path d="M1 6h3l4-4v12l-4-4H1zM10 5q2 3 0 6l1 1q4-4 0-8z"/></svg>`);

// What a `[[type:…]]` on the front asks for, as text: a field, or all that a cloze card hides.
function toType(card) {
  if (card.note.sides) return card.note.sides[card.number].typed;
  const asked = /\[\[type:(cloze:)?(\w+)\]\]/.exec(sideOf(card, "front"));
  if (!asked) return "";
  const html = card.note.fields[data.types[card.note.type].fields.indexOf(asked[2])];
  if (!asked[1]) return plain(html);
  const hidden = [...html.matchAll(DELETION)].filter((found) => Number(found[1]) === card.number).map((found) => found[2]);
  // Anki asks once for what is hidden everywhere alike.
  return plain((new Set(hidden).size > 1 ? hidden : hidden.slice(0, 1)).join(", "));
}

function plain(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const unseen of template.content.querySelectorAll("script, [hidden]")) unseen.remove();
  return template.content.textContent.trim();
}

// -- a card's face: the package's HTML and CSS in a shadow tree --------------------------

const looks = new Map(); // style sheets by note type

function dress() {
  for (const [type, { css }] of Object.entries(data.types)) {
    if (!looks.has(type)) looks.set(type, new CSSStyleSheet());
    // Files of the deck have the names of the package, which start with `_`; one that is too big for this page is not shown.
    const here = css.replace(/url\((["']?)([^"')]+)\1\)/g, (whole, _, name) =>
      data.media[name] ? `url("${data.media[name]}")` : name.startsWith("_") ? "none" : whole,
    );
    looks.get(type).replaceSync(data.css + here);
    // Within a page, a phone's width must be pretended: rules for narrow windows hold, or hold as they are.
    for (const rule of looks.get(type).cssRules) {
      const narrow = rule instanceof CSSMediaRule && /max-width:\s*(\d+)px/.exec(rule.media.mediaText);
      if (narrow && preferences.phone && PHONE <= Number(narrow[1])) rule.media.mediaText = "all";
    }
  }
}

const shown = new WeakMap(); // what a host shows, so that what stays the same is left alone
const written = new WeakMap(); // notes and their findings as texts, once for all cards of a note
let frame = ""; // what all cards of the page share, as a text

const textOf = (value) => written.get(value) ?? written.set(value, JSON.stringify(value)).get(value);
const alike = (one, other) => one !== undefined && one.length === other.length && one.every((part, place) => part === other[place]);

function show(host, index, side) {
  const card = cards[index];
  const now = [frame, card.note.type, textOf(card.note.fields), card.number, name(index), side];
  if (alike(shown.get(host), now)) return;
  shown.set(host, now);
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [looks.get(card.note.type)];
  const template = document.createElement("template");
  template.innerHTML = silenced(sideOf(card, side));
  complete(template.content, index, side);
  root.replaceChildren(element("div", { class: `card card${card.number}` }, template.content));
  darken(host);
}

function darken(host) {
  const card = host.shadowRoot?.querySelector(".card");
  if (!card) return;
  for (const name of ["nightMode", "night_mode"]) card.classList.toggle(name, preferences.night);
  // In Anki the card is the body, whose colour fills the window.
  host.style.backgroundColor = getComputedStyle(card).backgroundColor;
}

// What Anki's script draws over a picture, in its order (ts/routes/image-occlusion/review.ts): the mask that is asked
// about, and the others, if they are hidden as well. On the back, the first one is only framed.
const MASK = /\{\{c(\d+)::image-occlusion:(rect|ellipse|polygon):([^{}]*)\}\}/g;

function masked({ note, number }, side) {
  const svg = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const layers = { active: [], inactive: [], highlight: [] };
  for (const [, ordinal, shape, written] of note.fields.join("").matchAll(MASK)) {
    const { left, top, width, height, rx, ry, points, oi } = Object.fromEntries(written.split(":").map((one) => one.split("=")));
    const layer = Number(ordinal) !== number ? "inactive" : side === "back" ? "highlight" : "active";
    if (layer === "inactive" && oi !== "1") continue;
    const at = {
      rect: { x: left, y: top, width, height },
      ellipse: { cx: Number(left) + Number(rx), cy: Number(top) + Number(ry), rx, ry },
      polygon: { points },
    };
    layers[layer].push(svg(shape, { class: `mask ${layer}`, ...at[shape] }));
  }
  const drawn = svg("svg", { id: "image-occlusion-canvas", viewBox: "0 0 1 1", preserveAspectRatio: "none" });
  drawn.append(...layers.active, ...layers.inactive, ...layers.highlight);
  return drawn;
}

// What Anki does with scripts and files when it shows a card.
function complete(part, index, side) {
  const canvas = part.querySelector("#image-occlusion-canvas");
  if (canvas && !cards[index].note.sides) {
    const drawn = masked(cards[index], side);
    canvas.replaceWith(drawn);
    const box = part.querySelector("#image-occlusion-container"); // which has the shape of the picture in it
    const picture = box.querySelector("img");
    picture?.addEventListener("load", () => { box.style.aspectRatio = `${picture.naturalWidth / picture.naturalHeight}`; });
    const button = part.querySelector("#toggle"); // Anki has it where other masks are hidden as well
    if (drawn.querySelector(".inactive")) button?.addEventListener("click", () => drawn.toggleAttribute("hidden"));
    else button?.remove();
  }
  for (const image of part.querySelectorAll("img")) {
    const name = image.getAttribute("src");
    if (data.media[name]) image.src = data.media[name];
    else if (!name?.startsWith("data:")) image.replaceWith(element("span", { class: "absent" }, `${name}: too big for this page`));
  }
  for (const link of part.querySelectorAll("a.hint")) {
    link.addEventListener("click", (event) => {
      event.preventDefault(); // it leads nowhere
      event.stopPropagation(); // in a list, a click turns the card
      link.style.display = "none";
      link.nextElementSibling.style.display = "block";
    });
  }
  const comments = document.createNodeIterator(part, NodeFilter.SHOW_COMMENT);
  for (let node; (node = comments.nextNode()); ) node.remove();
  part.normalize();
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node; (node = texts.nextNode()); ) if (SPECIAL.test(node.data)) found.push(node);
  for (const node of found) node.replaceWith(...pieces(node.data, index, side));
}

const SPECIAL = /\\\([^]*?\\\)|\\\[[^]*?\\\]|\[sound:[^\]]+\]|\[\[type:[^\]]+\]\]/;

function* pieces(text, index, side) {
  let found;
  while ((found = SPECIAL.exec(text))) {
    yield text.slice(0, found.index);
    yield special(found[0], index, side);
    text = text.slice(found.index + found[0].length);
  }
  yield text;
}

function special(text, index, side) {
  if (text.startsWith("[sound:")) {
    const name = text.slice(7, -1);
    if (!data.media[name]) return element("span", { class: "absent" }, `${name}: too big for this page`);
    return element("audio", { controls: true, src: data.media[name] });
  }
  if (text.startsWith("[[type:")) return side === "front" ? ask(index) : compare(index);
  const mathml = data.formulas[text];
  if (!mathml) return element("code", { class: "tex", title: "Anki shows this formula; this page can't" }, text);
  const template = document.createElement("template");
  template.innerHTML = mathml;
  return template.content;
}

function ask(index) {
  const input = element("input", { type: "text", id: "typeans", "aria-label": "Your answer", autocomplete: "off" });
  const card = name(index); // its index may change while it is shown
  input.value = typed.get(card) ?? "";
  input.addEventListener("input", () => typed.set(card, input.value));
  return input;
}

function compare(index) {
  const given = (typed.get(name(index)) ?? "").trim().normalize("NFC");
  const right = toType(cards[index]).normalize("NFC");
  const shown = element("code", { id: "typeans" });
  if (!given) shown.append(right);
  else if (given === right) shown.append(element("span", { class: "typeGood" }, right));
  else {
    const arrow = [element("br"), element("span", { id: "typearrow" }, "↓"), element("br")];
    shown.append(element("span", { class: "typeBad" }, given), ...arrow, element("span", { class: "typeMissed" }, right));
  }
  return shown;
}

// -- what is said beside a card -----------------------------------------------------------

function finding(one, card) {
  const names = { error: "Error", warning: "Warning", info: "Note" };
  const about = card && one.card ? [element("small", {}, one.card)] : [];
  const hint = one.hint ? [element("small", {}, one.hint)] : [];
  const where = element("small", {}, element("code", {}, one.where));
  return element("li", { class: `finding ${one.level}` }, element("b", {}, `${names[one.level]} ${one.code}`), ` ${one.message}`, ...hint, ...about, where);
}

function about(index) {
  const { note, number, place } = cards[index];
  const copy = element("button", { type: "button", class: "copy", "data-where": note.where }, "Copy");
  const of = note.numbers.length;
  const rows = [
    ["Card", element("a", { href: `#${name(index)}` }, note.id + (of > 1 ? `, ${place} of ${of}` : "") + (note.keys ? `: ${note.keys[number]}` : ""))],
    ["Written in", element("span", {}, element("code", {}, note.where), " ", copy)],
    note.section && ["Section", element("span", { lang: data.lang }, note.section)],
    note.deck && ["Deck", element("span", { lang: data.lang }, note.deck)],
    note.tags.length && ["Tags", note.tags.join(", ")],
    ["Kind", data.kinds[note.kind] + (note.retired ? ", retired" : "")],
    ...(reviewsOf(index).rows ?? []),
  ];
  const list = element("dl", {});
  for (const row of rows) if (row) list.append(element("dt", {}, row[0]), element("dd", {}, row[1]));
  const findings = findingsOf(note).map((one) => finding(one, false));
  return findings.length ? [list, element("ul", { "aria-label": "Findings" }, ...findings)] : [list];
}

const count = (findings) => `${findings.length} finding${findings.length === 1 ? "" : "s"}`;
const findingsBy = new Map();
const NONE = [];
const findingsOf = (note) => findingsBy.get(note.id) ?? NONE;
const UNKNOWN = {};
const reviewsOf = (index) => data.reviews?.[cards[index].note.id]?.[cards[index].number] ?? UNKNOWN;
const name = (index) => cards[index].note.id + (cards[index].place > 1 ? `/${cards[index].place}` : "");

// -- filters ------------------------------------------------------------------------------

const words = new WeakMap(); // what to search in, by note

function searched(card) {
  const { note } = card;
  if (!words.has(note)) {
    const hints = note.fields.flatMap((html) => [...html.matchAll(DELETION)].map((found) => found[3] ?? ""));
    words.set(note, folded(plain([sideOf(card, "back").replace(SPEECH, ""), ...hints, note.id].join(" "))));
  }
  return words.get(note);
}

const folded = (text) => text.normalize("NFKC").toLowerCase();

function filter() {
  const here = chosen[at];
  choose();
  at = Math.max(0, chosen.indexOf(here));
  if (chosen[at] !== here) turnToFront();
  paint();
}

// A tag, and those above it: of `region::coast` also `region`.
function above(tag) {
  const parts = tag.split("::");
  return parts.map((_, index) => parts.slice(0, index + 1).join("::"));
}

function choose() {
  const asked = folded(byId("search").value).split(/\s+/).filter(Boolean);
  const [section, tag, kind] = ["section", "tag", "kind"].map((id) => byId(id).value);
  const troubled = new Set(byId("found").checked ? data.findings.map((one) => one.card) : []);
  chosen = [];
  cards.forEach((card, index) => {
    const { note } = card;
    if (section && note.section !== section) return;
    if (tag && !note.tags.some((own) => own === tag || own.startsWith(`${tag}::`))) return;
    if (kind && (kind === "retired" ? !note.retired : note.kind !== kind)) return;
    if (byId("found").checked && !troubled.has(note.id)) return;
    if (byId("often").checked && !reviewsOf(index).often) return;
    if (asked.every((word) => searched(card).includes(word))) chosen.push(index);
  });
  if (byId("often").checked) chosen.sort((one, other) => reviewsOf(one).rank - reviewsOf(other).rank);
}

// -- views --------------------------------------------------------------------------------

function paint() {
  document.documentElement.classList.toggle("night", preferences.night);
  document.documentElement.classList.toggle("phone", preferences.phone);
  for (const key of ["night", "phone"]) byId(key).setAttribute("aria-pressed", preferences[key]);
  byId("view").setAttribute("aria-pressed", preferences.list);
  for (const host of document.querySelectorAll("#stage, .sheet")) darken(host);
  const all = cards.length;
  byId("count").textContent = chosen.length === all ? `${all} cards` : `${chosen.length} of ${all} cards`;
  byId("single").hidden = preferences.list || !chosen.length;
  byId("list").hidden = !preferences.list || !chosen.length;
  if (!chosen.length) byId("count").textContent += all ? ": nothing fits the filters" : "";
  else if (preferences.list) paintList();
  else paintSingle();
}

function paintSingle() {
  const index = chosen[at];
  show(byId("stage"), index, answer ? "back" : "front");
  const side = answer ? "Answer" : "Question";
  byId("stage").setAttribute("aria-label", `${side}, card ${at + 1} of ${chosen.length}`);
  byId("flip").textContent = answer ? "Show question" : "Show answer";
  byId("previous").disabled = at === 0;
  byId("next").disabled = at === chosen.length - 1;
  byId("count").textContent = `Card ${at + 1} of ${chosen.length}` + (chosen.length < cards.length ? ` (${cards.length} in all)` : "");
  byId("about").replaceChildren(...about(index));
}

const entries = new Map(); // those of the list by name, each with what it was made from

// A long list is filled where it is looked at.
const looked = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) fillEntry(one.target);
}, { rootMargin: "1500px" });

function paintList() {
  const items = chosen.map(entry);
  const list = byId("list");
  const stays = items.length === list.children.length && items.every((item, place) => item.id === list.children[place].id);
  if (!stays) refill(list, items);
  else items.forEach((item, place) => item === list.children[place] || list.children[place].replaceWith(item));
  items.forEach((item, place) => item.classList.toggle("at", place === at));
}

function entry(index) {
  const { note } = cards[index];
  const key = [frame, textOf(note), textOf(findingsOf(note)), textOf(reviewsOf(index))];
  const old = entries.get(name(index));
  if (alike(old?.key, key)) {
    old.item.dataset.index = index;
    return old.item;
  }
  const item = element("li", { id: `list-${name(index)}`, "data-index": index });
  looked.observe(item);
  entries.set(name(index), { key, item });
  return item;
}

function fillEntry(item) {
  looked.unobserve(item);
  if (item.firstChild) return;
  const index = Number(item.dataset.index);
  const sheet = element("div", { class: "sheet", "data-side": "back" });
  item.append(sheet, element("div", { class: "about" }, ...about(index)));
  show(sheet, index, "back");
}

function flipEntry(item) {
  fillEntry(item);
  const sheet = item.firstChild;
  sheet.dataset.side = sheet.dataset.side === "back" ? "front" : "back";
  show(sheet, Number(item.dataset.index), sheet.dataset.side);
}

function flip() {
  answer = !answer;
  paint();
  byId("stage").scrollTop = 0;
  if (!answer) byId("stage").shadowRoot.querySelector("#typeans")?.focus();
}

// Another card begins with its question, and has its own address.
function turnToFront() {
  answer = false;
  try {
    if (chosen.length) history.replaceState(null, "", `#${name(chosen[at])}`);
  } catch { /* Safari allows 100 a half minute: a key that is held down is faster */ }
}

function go(position, { scroll = true } = {}) {
  if (position < 0 || position >= chosen.length) return;
  at = position;
  turnToFront();
  paint();
  byId("stage").scrollTop = 0;
  if (preferences.list && scroll) byId("list").children[at].scrollIntoView({ block: "center" });
}

// Go where the address points, if there is such a card; a filter that hides it is taken off.
function follow() {
  let wanted = location.hash.slice(1);
  try {
    wanted = decodeURIComponent(wanted);
  } catch { /* no name of a card has a sign to decode */ }
  const index = cards.findIndex((card, position) => name(position) === wanted || card.note.id === wanted);
  if (index < 0) {
    if (wanted) byId("count").textContent += `. There is no card ${wanted} here.`;
    return;
  }
  if (!chosen.includes(index)) {
    for (const id of ["search", "section", "tag", "kind"]) byId(id).value = "";
    for (const id of ["found", "often"]) byId(id).checked = false;
    choose();
  }
  open("cards");
  go(chosen.indexOf(index));
}

function open(tab) {
  for (const one of ["cards", "study"]) {
    byId(one).hidden = one !== tab;
    byId(`tab-${one}`).setAttribute("aria-selected", one === tab);
    byId(`tab-${one}`).tabIndex = one === tab ? 0 : -1;
  }
  if (tab === "study") study();
}

// -- what comes and goes with the data --------------------------------------------------------

function fill() {
  cards = data.notes.flatMap((note) => note.numbers.map((number, before) => ({ note, number, place: before + 1 })));
  frame = JSON.stringify([data.page, data.types]);
  findingsBy.clear();
  for (const one of data.findings) {
    if (!findingsBy.has(one.card)) findingsBy.set(one.card, []);
    findingsBy.get(one.card).push(one);
  }
  document.title = data.title;
  byId("title").textContent = data.title;
  byId("title").lang = data.lang;
  byId("pages").replaceChildren(...data.pages.map(([href, label]) => {
    const link = element("a", { href, "aria-current": href === data.page && "page" }, label);
    // The same card in another language has the same address.
    link.addEventListener("click", () => (link.hash = location.hash));
    return link;
  }));
  byId("pages").hidden = data.pages.length < 2;
  const { notes } = data;
  const unique = (values) => [...new Set(values)].filter(Boolean).map((value) => [value, value]);
  options(byId("section"), unique(notes.map((note) => note.section)), "all");
  options(byId("tag"), unique(notes.flatMap((note) => note.tags.flatMap(above))).sort(), "all");
  const kinds = [...new Set(notes.map((note) => note.kind)), ...(notes.some((note) => note.retired) ? ["retired"] : [])];
  options(byId("kind"), kinds.map((kind) => [kind, data.kinds[kind] ?? kind]), "all");
  const held = new Set(notes.map((note) => note.id));
  const others = data.findings.filter((one) => data.stale || !held.has(one.card));
  byId("found").parentElement.hidden = !data.findings.some((one) => held.has(one.card));
  byId("often").parentElement.hidden = !cards.some((card, index) => reviewsOf(index).often);
  for (const id of ["found", "often"]) if (byId(id).parentElement.hidden) byId(id).checked = false;
  byId("findings").hidden = !others.length;
  byId("findings").open = data.stale;
  byId("findings").querySelector("summary").textContent = data.stale
    ? `${count(others)}. ${cards.length ? "The cards are shown as they were before." : "There is nothing to show yet."}`
    : `${count(others)} about the deck`;
  refill(byId("findings").querySelector("ul"), others.map((one) => finding(one, true)));
  dress();
}

function study() {
  byId("study").innerHTML = data.study ?? "<p>One moment…</p>";
  if (data.study == null && data.live) askForStudy(data.version);
}

let pending = null; // the version whose study plan is on its way

async function askForStudy(version) {
  if (pending === version) return;
  pending = version;
  try {
    const reply = await fetch(`${data.page}/study`);
    const plan = reply.ok ? await reply.text() : "";
    if (pending !== version || data.version !== version) return; // a newer one is on its way
    data.study = plan;
    if (!byId("study").hidden) byId("study").innerHTML = plan;
  } catch { /* the server is gone, and the page says so */ }
  if (pending === version) pending = null;
}

// -- live: `deckgen serve` tells when files changed -----------------------------------------

let events = null;
let newest = null; // the version that the server told of last
let fetching = false;

function listen() {
  // Browsers keep few connections to a host: those of pages that nobody looks at are given up.
  events?.close();
  events = null;
  if (document.hidden) return;
  events = new EventSource("/events");
  events.addEventListener("open", () => tell(""));
  events.addEventListener("error", () => tell("deckgen serve does not answer: start it again, and this page goes on."));
  events.addEventListener("message", (event) => {
    newest = event.data;
    refresh();
  });
}

function tell(text) {
  byId("live").hidden = !text;
  byId("live").textContent = text;
}

// One request at a time, so that none overtakes another.
async function refresh() {
  if (fetching) return;
  fetching = true;
  try {
    while (newest !== data.version) {
      const version = newest;
      const reply = await fetch(`${data.page}/data`);
      if (reply.status === 404) { // the deck is gone, or there is one now
        events?.close(); // the next change would break off this way there
        return location.replace("/");
      }
      update(await reply.json());
      if (newest === version) newest = data.version; // it may have gone on since it told
    }
  } catch { /* the server is gone; when it is back it tells */ } finally {
    fetching = false;
  }
}

function update(fresh) {
  const here = cards[chosen[at]] && name(chosen[at]);
  const scrolled = scrollY;
  data = fresh;
  fill();
  choose();
  const again = chosen.findIndex((index) => name(index) === here);
  at = again < 0 ? Math.min(at, Math.max(0, chosen.length - 1)) : again;
  if (again < 0) turnToFront();
  const names = new Set(cards.map((_, index) => name(index)));
  for (const gone of entries.keys()) if (!names.has(gone)) entries.delete(gone);
  paint();
  if (!byId("study").hidden) study();
  scrollTo({ top: scrolled, behavior: "instant" });
}

// -- events --------------------------------------------------------------------------------

for (const id of ["search", "section", "tag", "kind", "found", "often"]) byId(id).addEventListener("input", filter);
byId("previous").addEventListener("click", () => go(at - 1));
byId("next").addEventListener("click", () => go(at + 1));
byId("flip").addEventListener("click", flip);
// After a click with the mouse, Space belongs to the card again.
for (const id of ["previous", "next", "flip"]) byId(id).addEventListener("click", (event) => event.detail && byId("stage").focus());

function toggle(key) {
  prefer(key, !preferences[key]);
  dress();
  paint();
  if (key === "list" && preferences.list) byId("list").children[at]?.scrollIntoView({ block: "center" });
}
byId("view").addEventListener("click", () => toggle("list"));
byId("phone").addEventListener("click", () => toggle("phone"));
byId("night").addEventListener("click", () => toggle("night"));
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("letters").checked = preferences.letters;
byId("letters").addEventListener("input", () => prefer("letters", byId("letters").checked));

const isControl = (event) => event.composedPath()[0].closest?.("a, button, input, select, textarea, summary, audio, dialog");
const isSelecting = () => String(getSelection()) !== "";

byId("stage").addEventListener("click", (event) => isControl(event) || isSelecting() || flip());
byId("list").addEventListener("click", (event) => {
  const item = event.target.closest("li[data-index]");
  if (!item) return;
  const sheet = event.target.closest(".sheet");
  const position = chosen.indexOf(Number(item.dataset.index));
  if (isControl(event)) return;
  if (position !== at) go(position, { scroll: false });
  if (sheet && !isSelecting()) flipEntry(item);
});

document.addEventListener("click", (event) => event.target.matches?.(".copy") && copy(event.target));

async function copy(button) {
  const where = button.dataset.where;
  try {
    await navigator.clipboard.writeText(where);
  } catch { // a browser may forbid it for files
    getSelection().selectAllChildren(button.previousElementSibling);
    document.execCommand("copy");
    getSelection().removeAllRanges();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

const KEYS = {
  ArrowRight: () => go(at + 1),
  ArrowLeft: () => go(at - 1),
  j: () => go(at + 1),
  k: () => go(at - 1),
  "/": () => byId("search").focus(),
  l: () => toggle("list"),
  w: () => toggle("phone"),
  n: () => toggle("night"),
  c: () => {
    const place = preferences.list ? byId("list").children[at] : byId("about");
    if (preferences.list) fillEntry(place);
    copy(place.querySelector(".copy"));
  },
  "?": () => byId("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
  if (byId("cards").hidden && event.key !== "n" && event.key !== "?") return;
  const source = event.composedPath()[0];
  if (source.matches?.("input:not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") source.blur();
    // An input method takes Enter to choose a word.
    if (event.key === "Enter" && source.id === "typeans" && !event.isComposing) flip();
    return;
  }
  if (event.key === " " || (event.key === "Enter" && source.id === "stage")) {
    if (isControl(event) || !chosen.length) return;
    event.preventDefault();
    if (preferences.list) flipEntry(byId("list").children[at]);
    else flip();
  } else if (Object.hasOwn(KEYS, event.key) && (chosen.length || event.key !== "c") && (preferences.letters || event.key.length > 1)) {
    if (event.key.startsWith("Arrow") && source.closest?.("audio, [role=tablist]")) return;
    event.preventDefault();
    KEYS[event.key]();
  }
});

for (const tab of ["cards", "study"]) {
  byId(`tab-${tab}`).addEventListener("click", () => open(tab));
  byId(`tab-${tab}`).addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tab === "cards" ? "study" : "cards";
    open(other);
    byId(`tab-${other}`).focus();
  });
}
byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address is the card's
  byId(byId("cards").hidden ? "study" : preferences.list ? "list" : "stage").focus();
});
addEventListener("hashchange", follow);
addEventListener("beforeprint", () => { for (const item of byId("list").children) fillEntry(item); });

dark.addEventListener("change", () => {
  if ("night" in kept) return;
  preferences.night = dark.matches;
  paint();
});

if (data.live) {
  listen();
  document.addEventListener("visibilitychange", listen);
}
fill();
choose();
paint();
follow();
