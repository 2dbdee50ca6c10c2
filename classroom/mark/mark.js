"use strict";

// What a person gives is shown at once and saved at once. Of each answer the page keeps `stored`, what the gradebook has,
// and `wanted`, what the grader wants; `save` sends both, so that the server sees when somebody else was quicker.

const PAGE = document.querySelector('meta[name="page"]').content;
const REFRESH = 10000; // milliseconds between two looks at what others have given
const PAUSE = 1500; // milliseconds without a key after which a comment is saved while it is being written
const MOST_OFFERED = 9; // comments that have a key

const part = (id) => document.getElementById(id);
const same = (one, other) => one.points === other.points && one.comment === other.comment && one.waits === other.waits;
const given = ({ points, comment, waits }) => ({ points, comment, waits });
const number = (value) => String(Math.round(value * 1000) / 1000);
const points = (value) => `${number(value)} ${value === 1 ? "point" : "points"}`;

let question = null; // what the server says of the question
let all = []; // its answers
let shown = []; // those that the filter shows
let active = null;
let changes = []; // to undo: {answer, before}
let offers = []; // comments in the order in which they were first seen
let texts = new Map(); // key -> what a learner wrote
let choosing = false; // after "r", until the digit

// ---------------------------------------------------------------- asking the server

async function ask(path, parameters) {
  const response = await fetch(`${path}?${new URLSearchParams(parameters)}`);
  const body = await response.json();
  if (!response.ok) throw new Error(body.said);
  return body;
}

const named = () => ({ notebook: question.notebook, cell: question.cell });

async function load(parameters) {
  await Promise.all(all.map(save));
  if (all.some((answer) => !same(answer.stored, answer.wanted))) return say("Something is not saved yet: wait, or mark it again.");
  try {
    question = await ask("state", parameters);
  } catch (error) {
    lost(error);
    return;
  }
  all = question.answers.map((answer) => ({ ...answer, stored: given(answer), wanted: given(answer), busy: false, box: null, before: null }));
  changes = [];
  offers = [];
  texts = new Map();
  history.replaceState(null, "", `?${new URLSearchParams(named())}`);
  document.title = `${question.title}: mark`;
  part("title").textContent = question.title;
  part("cell").textContent = question.cell;
  part("scheme").innerHTML = question.scheme || "<p>There is none in the notebook.</p>";
  part("text").innerHTML = question.asked;
  part("question").open = !question.scheme;
  tame(part("asked"));
  part("filter").value = all.some((answer) => answer.stored.waits) ? "unread" : "all";
  paintQuestions();
  show();
}

async function fetchTexts() {
  const of = question;
  for (let begin = 0; begin < shown.length; begin += 10) {
    const wanted = shown.slice(begin, begin + 10).filter((answer) => !texts.has(answer.key));
    if (!wanted.length) continue;
    let found;
    try {
      found = await ask("texts", { ...named(), keys: wanted.map((answer) => answer.key).join(",") });
    } catch (error) {
      lost(error);
      return;
    }
    if (question !== of) return; // another question has been opened meanwhile
    for (const [key, text] of Object.entries(found)) texts.set(key, text);
    wanted.forEach(paintText);
  }
}

async function refresh() {
  if (!question || document.hidden) return;
  const of = question;
  let now;
  try {
    now = await ask("state", { ...named(), given: "only" });
  } catch (error) {
    lost(error);
    return;
  }
  if (question !== of) return;
  back();
  question.questions = now.questions;
  const fresh = new Map(now.answers.map((answer) => [answer.key, given(answer)]));
  for (const answer of all) {
    const there = fresh.get(answer.key);
    if (!same(answer.stored, answer.wanted)) save(answer);
    else if (there && !answer.busy && !same(there, answer.stored)) {
      answer.stored = there;
      answer.wanted = { ...there };
      paint(answer);
    }
  }
  paintQuestions();
}

function lost(error) {
  document.querySelector("footer").classList.add("lost");
  say(error instanceof TypeError ? "The server does not answer. Nothing is saved until it does: is `classroom mark` still running?" : error.message);
}

function back() {
  const footer = document.querySelector("footer");
  if (footer.classList.contains("lost")) say("The server answers again.");
  footer.classList.remove("lost");
}

// ---------------------------------------------------------------- giving

async function save(answer) {
  if (answer.busy) return;
  while (!same(answer.stored, answer.wanted)) {
    const now = { ...answer.wanted };
    let response, body;
    answer.busy = true;
    try {
      response = await fetch("give", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Page": PAGE },
        body: JSON.stringify({ ...named(), key: answer.key, was: answer.stored, now }),
      });
      body = await response.json();
    } catch (error) {
      problem(answer, "Not saved yet. It is tried again by itself.");
      lost(error);
      return;
    } finally {
      answer.busy = false;
    }
    if (response.ok) {
      answer.stored = given(body);
      if (same(answer.wanted, now)) answer.wanted = { ...answer.stored };
      problem(answer, "");
      back();
      say(`Saved: ${answer.name}, ${words(answer.stored)}. ${progress()}`);
    } else if (response.status === 409) {
      answer.stored = given(body);
      answer.wanted = { ...answer.stored };
      forget(answer);
      fill(answer);
      problem(answer, `${body.said} It was: ${words(now)}${now.comment ? ` and “${now.comment}”` : ""}.`);
    } else if (response.status === 422) {
      answer.wanted = { ...answer.stored };
      const last = changes.findLastIndex((one) => one.answer === answer);
      if (last >= 0) changes.splice(last, 1);
      problem(answer, body.said);
    } else {
      problem(answer, `Not saved yet: ${body.said}`);
      return;
    }
    paint(answer);
    paintQuestions();
  }
}

function change(answer, next) {
  if (same(answer.wanted, next)) return;
  changes.push({ answer, before: { ...answer.wanted } });
  answer.wanted = next;
  paint(answer);
  save(answer);
}

function give(answer, value) {
  const waits = value === null && answer.auto === null;
  change(answer, { points: value, comment: answer.wanted.comment, waits });
}

function undo() {
  const last = changes.pop();
  if (!last) return say("There is nothing to undo.");
  last.answer.wanted = { ...last.before };
  leave(last.answer);
  if (!shown.includes(last.answer)) {
    part("filter").value = last.answer.blank ? "blank" : "all";
    show();
  }
  paint(last.answer);
  activate(last.answer);
  save(last.answer);
}

function forget(answer) {
  changes = changes.filter((one) => one.answer !== answer);
  answer.before = null;
}

// Out of the fields, which thereby say what stands in them.
function leave(answer) {
  if (answer.box && answer.box.contains(document.activeElement)) answer.box.focus({ preventScroll: true });
}

function words(what) {
  return what.points === null ? "no points" : points(what.points);
}

// ---------------------------------------------------------------- comments that are offered again

const pieces = (comment) => (comment || "").split(/\n\s*\n/).map((piece) => piece.trim()).filter(Boolean);

function gather() {
  const counts = new Map();
  for (const answer of all) {
    if (answer.before) continue; // somebody is writing it
    const there = pieces(answer.wanted.comment);
    for (const piece of there) {
      const one = counts.get(piece) || { count: 0, points: new Map() };
      one.count += 1;
      if (there.length === 1 && answer.wanted.points !== null)
        one.points.set(answer.wanted.points, (one.points.get(answer.wanted.points) || 0) + 1);
      counts.set(piece, one);
    }
  }
  const fresh = [...counts].filter(([text]) => !offers.some((offer) => offer.text === text));
  fresh.sort(([, one], [, other]) => other.count - one.count);
  offers.push(...fresh.map(([text]) => ({ text })));
  for (const offer of offers) {
    const one = counts.get(offer.text);
    offer.count = one ? one.count : 0;
    if (one && one.points.size) offer.points = [...one.points].sort(([, a], [, b]) => b - a)[0][0];
  }
  offers = offers.filter((offer) => offer.count);
}

function reuse(answer, offer) {
  const there = pieces(answer.wanted.comment);
  if (there.includes(offer.text)) return say("This comment is there already.");
  const first = answer.wanted.waits && offer.points !== undefined;
  leave(answer);
  change(answer, {
    points: first ? offer.points : answer.wanted.points,
    comment: [...there, offer.text].join("\n\n"),
    waits: first ? false : answer.wanted.waits,
  });
}

function paintOffers() {
  document.querySelector(".offers")?.remove();
  if (!active) return;
  gather();
  const there = pieces(active.wanted.comment);
  const left = offers.filter((offer) => !there.includes(offer.text));
  if (!left.length) return;
  const list = document.createElement("ul");
  list.className = "offers";
  list.classList.toggle("wait", choosing);
  list.setAttribute("aria-label", "Comments given before");
  for (const offer of left) {
    const place = offers.indexOf(offer) + 1;
    const button = document.createElement("button");
    button.type = "button";
    const key = document.createElement("kbd");
    key.textContent = place <= MOST_OFFERED ? `r ${place}` : "";
    key.hidden = place > MOST_OFFERED;
    const text = document.createElement("span");
    text.className = "piece";
    text.textContent = offer.text;
    const worth = document.createElement("span");
    worth.textContent = `${offer.points === undefined ? "" : `${points(offer.points)}, `}${offer.count}×`;
    button.append(key, text, worth);
    const answer = active;
    button.addEventListener("click", () => reuse(answer, offer));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  active.box.querySelector(".marking").append(list);
}

// ---------------------------------------------------------------- showing

function show() {
  const filter = part("filter").value;
  shown = all.filter((answer) => (filter === "blank" ? answer.blank : filter === "unread" ? answer.stored.waits : !answer.blank));
  const list = part("answers");
  all.forEach((answer) => (answer.box = null));
  list.replaceChildren(...shown.map(build));
  active = null;
  choosing = false;
  if (!shown.length) list.append(nothing(filter));
  else activate(shown.find((answer) => answer.stored.waits) || shown[0], false);
  fetchTexts();
}

function nothing(filter) {
  const box = document.createElement("div");
  box.className = "done";
  const text = document.createElement("p");
  text.textContent = filter === "unread" ? "Everything is read." : filter === "blank" ? "Nobody left it as released." : "There are no answers.";
  box.append(text);
  const other = filter === "unread" ? waiting() : null;
  if (other) box.append(button(`Next question: ${other.cell} (${other.waits})`, () => load(other)));
  else if (filter !== "all") box.append(button("Show all answers", () => filtered("all")));
  return box;
}

function button(text, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
}

function build(answer) {
  const box = part("one").content.firstElementChild.cloneNode(true);
  answer.box = box;
  const title = box.querySelector("h2");
  title.textContent = answer.name;
  title.id = `name-${answer.key}`;
  box.setAttribute("aria-labelledby", title.id);
  box.querySelector(".text").setAttribute("aria-label", `${answer.name}, text`);
  box.querySelector(".most").textContent = `of ${number(question.maximum)}`;
  box.querySelector(".quick").append(
    ...steps().map((value) => {
      const made = button(number(value), () => {
        give(answer, value);
        leave(answer);
      });
      made.setAttribute("aria-label", points(value));
      made.dataset.value = value;
      made.tabIndex = -1; // the field and the keys do the same
      return made;
    }),
  );
  const field = box.querySelector("input");
  field.addEventListener("change", () => typed(answer, field));
  const comment = box.querySelector("textarea");
  let timer = 0;
  comment.addEventListener("focus", () => (answer.before = { ...answer.wanted }));
  comment.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => written(answer, comment.value), PAUSE);
  });
  comment.addEventListener("blur", () => {
    clearTimeout(timer);
    written(answer, comment.value);
    if (answer.before && !same(answer.before, answer.wanted)) changes.push({ answer, before: answer.before });
    answer.before = null;
    paint(answer);
  });
  box.addEventListener("focusin", () => activate(answer, false));
  box.addEventListener("click", () => activate(answer, false));
  paint(answer);
  paintText(answer);
  return box;
}

function written(answer, text) {
  const comment = text.trim() || null;
  if (comment === answer.wanted.comment) return;
  answer.wanted = { ...answer.wanted, comment };
  save(answer);
}

function typed(answer, field) {
  const text = field.value.trim().replace(",", ".");
  if (text === "") give(answer, null);
  else if (/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) give(answer, Number(text));
  else problem(answer, `“${field.value}” is not a number. Nothing was changed.`);
  paint(answer);
}

// The values that get a button.
function steps() {
  const most = question.maximum;
  const step = most <= 1 ? 0.25 : most <= 4 ? 0.5 : 1;
  if (most > 10) return [];
  const found = [];
  for (let value = 0; value <= most; value += step) found.push(value);
  return found;
}

function paint(answer) {
  const box = answer.box;
  part("undo").disabled = !changes.length;
  if (!box) return;
  const now = answer.wanted;
  box.classList.toggle("read", !now.waits);
  box.querySelector(".state").textContent = stateOf(answer);
  const field = document.activeElement;
  if (!field?.matches("input, textarea") || !box.contains(field)) fill(answer); // nobody is typing here
  for (const one of box.querySelectorAll(".quick button")) one.setAttribute("aria-pressed", String(Number(one.dataset.value) === now.points));
  if (answer === active) paintOffers();
}

function fill(answer) {
  if (!answer.box) return;
  const { points, comment } = answer.wanted;
  answer.box.querySelector("input").value = points === null ? "" : number(points);
  const text = answer.box.querySelector("textarea");
  text.value = comment || "";
  text.placeholder = comment === null ? answer.said : "";
}

function stateOf(answer) {
  const now = answer.wanted;
  const most = number(question.maximum);
  const extra = answer.extra ? `, ${number(answer.extra)} extra` : "";
  if (now.waits && now.points === null) return "unread";
  if (now.waits) return `${number(now.points)} of ${most}${extra}: changed since, look again`;
  if (now.points === null) return `${number(answer.auto || 0)} of ${most}, left as released`;
  return `${number(now.points)} of ${most}${extra}`;
}

function paintText(answer) {
  const text = texts.get(answer.key);
  if (!text || !answer.box) return;
  const box = answer.box.querySelector(".text");
  box.innerHTML = text.html;
  tame(box);
  const said = answer.box.querySelector(".said");
  said.textContent = text.said;
  said.hidden = !text.said;
}

// Links of a learner's open elsewhere and learn nothing; what scrolls can be reached by keyboard.
function tame(box) {
  for (const link of box.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  if (box.classList.contains("text") && box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

function problem(answer, text) {
  if (answer.box) answer.box.querySelector(".problem").textContent = text;
  else if (text) say(`${answer.name}: ${text}`);
}

function say(text) {
  part("status").textContent = text;
}

function activate(answer, focus = true) {
  if (active !== answer) {
    active?.box?.classList.remove("active");
    active = answer;
    choosing = false;
    answer.box.classList.add("active");
    paintOffers();
  }
  if (focus) {
    answer.box.focus({ preventScroll: true });
    answer.box.scrollIntoView({ block: "start" });
  }
}

const count = () => all.filter((answer) => !answer.blank);
const progress = () => `${count().filter((answer) => !answer.wanted.waits).length} of ${count().length} read.`;

function paintQuestions() {
  const here = question.questions.find((one) => one.notebook === question.notebook && one.cell === question.cell);
  if (here) here.waits = all.filter((answer) => answer.wanted.waits).length;
  part("questions").replaceChildren(
    ...question.questions.map((one, place) => {
      const option = new Option(`${one.cell}: ${one.waits ? `${one.waits} unread` : "read"}`, place);
      option.selected = one === here;
      return option;
    }),
  );
  const place = question.questions.indexOf(here);
  part("previous").disabled = place <= 0;
  part("next").disabled = place >= question.questions.length - 1;
  part("read").max = count().length || 1;
  part("read").value = count().filter((answer) => !answer.wanted.waits).length;
  part("count").textContent = progress();
  const blank = all.filter((answer) => answer.blank).length;
  part("filter").querySelector('[value="blank"]').textContent = `left as released (${blank})`;
}

const waiting = () => question.questions.find((one) => one.waits && one.cell !== question.cell);

// ---------------------------------------------------------------- moving

function move(step) {
  if (!shown.length) return;
  const place = shown.indexOf(active) + step;
  if (place < 0 || place >= shown.length) say(step > 0 ? "This is the last answer." : "This is the first answer.");
  else activate(shown[place]);
}

function onward() {
  const place = shown.indexOf(active);
  const next = [...shown.slice(place + 1), ...shown.slice(0, place)].find((answer) => answer.wanted.waits);
  if (next) return activate(next);
  if (active?.wanted.waits) return say("This is the last unread answer.");
  const other = waiting();
  say(other ? `Everything is read here. ${other.cell} has ${other.waits} unread: press ] for the next question.` : "Everything is read.");
}

function beside(step) {
  const place = question.questions.findIndex((one) => one.notebook === question.notebook && one.cell === question.cell);
  const other = question.questions[place + step];
  if (other) load({ notebook: other.notebook, cell: other.cell });
  else say(step > 0 ? "This is the last question." : "This is the first question.");
}

function filtered(name) {
  part("filter").value = name;
  show();
  say(`${shown.length} shown.`);
}

function help() {
  const open = part("keys").hidden;
  part("keys").hidden = !open;
  part("help").setAttribute("aria-expanded", String(open));
}

// An answer that is longer than the window scrolls first.
function longer(down) {
  const box = active?.box.getBoundingClientRect();
  return box && (down ? box.bottom > innerHeight + 40 : box.top < 0);
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => longer(true) || (move(1), false),
  ArrowUp: () => longer(false) || (move(-1), false),
  Enter: onward,
  h: () => give(active, (active.wanted.points || 0) + 0.5),
  q: () => give(active, (active.wanted.points || 0) + 0.25),
  p: () => {
    active.box.querySelector("input").focus();
    active.box.querySelector("input").select();
  },
  c: () => active.box.querySelector("textarea").focus(),
  Backspace: () => give(active, null),
  Delete: () => give(active, null),
  r: () => choose(true),
  u: undo,
  f: () => filtered(part("filter").value === "unread" ? "all" : "unread"),
  "[": () => beside(-1),
  "]": () => beside(1),
  "?": help,
};
const WITHOUT_ANSWER = new Set(["u", "f", "[", "]", "?"]);

function choose(on) {
  choosing = on;
  document.querySelector(".offers")?.classList.toggle("wait", on);
  if (on) say(document.querySelector(".offers") ? "Which comment? 1 to 9, Escape for none." : "There are no comments to reuse yet.");
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, textarea, select");
  if (field) return inField(event, field);
  if (event.ctrlKey || event.metaKey || event.altKey || !part("keys-on").checked || !question) return;
  if (event.target.closest("button, a, summary") && (event.key === "Enter" || event.key === " ")) return;
  if (event.target.matches("#asked, .text") && event.key.startsWith("Arrow")) return; // they scroll
  if (event.key === "Escape") {
    if (!part("keys").hidden) help();
    return choose(false);
  }
  const digit = /^[0-9]$/.test(event.key);
  if (!digit && !Object.hasOwn(KEYS, event.key)) return;
  if (!active && !WITHOUT_ANSWER.has(event.key)) return;
  if (digit && choosing) {
    choose(false);
    const offer = offers[Number(event.key) - 1];
    if (offer) reuse(active, offer);
    else say(`There is no comment ${event.key}.`);
  } else if (digit) give(active, Number(event.key));
  else if (KEYS[event.key]() === true) return; // the browser scrolls
  event.preventDefault();
});

function inField(event, field) {
  const answer = field.closest(".answer");
  if (!answer) return;
  const leaves = event.key === "Escape" || (event.key === "Enter" && (field.tagName === "INPUT" || event.ctrlKey || event.metaKey));
  if (!leaves) return;
  event.preventDefault();
  if (event.key === "Escape" && field.tagName === "INPUT") fill(all.find((one) => one.box === answer));
  answer.focus({ preventScroll: true });
  if (event.ctrlKey || event.metaKey) onward();
}

part("filter").addEventListener("change", (event) => filtered(event.target.value));
part("questions").addEventListener("change", (event) => {
  const { notebook, cell } = question.questions[event.target.value];
  load({ notebook, cell });
});
part("previous").addEventListener("click", () => beside(-1));
part("next").addEventListener("click", () => beside(1));
part("undo").addEventListener("click", undo);
part("help").addEventListener("click", help);
part("keys-on").checked = localStorage.getItem("keys") !== "off";
part("keys-on").addEventListener("change", (event) => localStorage.setItem("keys", event.target.checked ? "on" : "off"));
addEventListener("beforeunload", (event) => {
  if (all.some((answer) => !same(answer.stored, answer.wanted))) event.preventDefault();
});
setInterval(refresh, REFRESH);
load(Object.fromEntries(new URLSearchParams(location.search)));
