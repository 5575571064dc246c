/* What every page needs: toasts, dialogs, menus, theme, copying, one submit at a time. */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (name, act, options) => document.addEventListener(name, act, options);
const keep = (name, value) => { document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`; };
const say = document.body.dataset;

/* --- Toasts. The server sends HX-Trigger: {"toasts": {"items": [{"text": "…", "kind": "bad", "undo": "/url"}]}}. --- */
const toasts = document.getElementById('toasts');
function toast({ text, kind = '', undo }) {
  const box = document.getElementById('toast').content.firstElementChild.cloneNode(true);
  box.querySelector('p').textContent = text;
  if (kind) box.classList.add(kind);
  const form = box.querySelector('form');
  if (undo) {
    form.action = undo;
    form.setAttribute('hx-post', undo);
  } else form.remove();
  for (const old of all('.toast', toasts).slice(0, -2)) old.remove();
  toasts.append(box);
  htmx.process(box);
}
function live(box) {                                   // a message leaves by itself, unless it is an error or somebody reads it
  if (!box.classList?.contains('toast') || box.classList.contains('bad')) return;
  const wait = box.querySelector('form') ? 10000 : 6000;
  const leave = () => (box.matches(':hover, :focus-within') ? setTimeout(leave, 2000) : box.remove());
  setTimeout(leave, wait);
}
if (toasts) {                                          // the wall screen has none
  all('.toast', toasts).forEach(live);
  new MutationObserver(list => list.forEach(change => change.addedNodes.forEach(live))).observe(toasts, { childList: true });
}
on('toasts', event => toasts && event.detail.items.forEach(toast));
// out of the way at once, but on the page until the answer's news went out from it
on('submit', event => event.target.closest('.toast')?.toggleAttribute('hidden', true));
on('htmx:afterRequest', event => event.detail.elt?.closest?.('.toast')?.remove());

/* --- htmx: the thin bar of slow requests. The token, a lost session and a lost network: unsent.js. --- */
let running = 0;
const busy = step => document.body.toggleAttribute('data-busy', (running = Math.max(0, running + step)) > 0);
const quiet = event => event.detail.elt?.closest?.('[data-poll-url]');
on('htmx:beforeRequest', event => quiet(event) || busy(1));
on('htmx:afterRequest', event => quiet(event) || busy(-1));

/* --- Dialogs: data-dialog="id" opens one of the page, whatever is swapped into #dialog opens it, HX-Trigger: close-dialog shuts it. --- */
const dialog = document.getElementById('dialog');
let opener;
function open(box) {
  if (box.open) return;
  opener = document.activeElement;
  box.showModal();
}
on('htmx:afterSwap', event => {
  if (!dialog || event.detail.target !== dialog) return;
  if (!dialog.firstElementChild) return dialog.close();
  open(dialog);
  (dialog.querySelector('[aria-invalid=true], [autofocus]') || dialog.querySelector('input:not([type=hidden]), select, textarea'))?.focus();
});
on('close-dialog', () => all('dialog[open]').forEach(box => box.close()));
on('close', event => {
  if (event.target === dialog) dialog.replaceChildren();
  if (opener?.isConnected) opener.focus();
  event.target.dispatchEvent(new CustomEvent('dialog-closed', { bubbles: true }));
}, true);
on('mousedown', event => {                             // outside the sheet: shut it, but never throw away what was typed
  const box = event.target;
  if (box.nodeName === 'DIALOG' && !all('input, textarea', box).some(field => field.value !== field.defaultValue)) {
    const r = box.getBoundingClientRect();
    if (event.clientX < r.left || event.clientX > r.right || event.clientY < r.top || event.clientY > r.bottom) box.close();
  }
});

/* --- Menus: the popover stands at its button (on a phone the styles make it a sheet). --- */
on('toggle', event => {
  const menu = event.target, button = menu.id && document.querySelector(`[popovertarget="${menu.id}"]:not([hidden])`);
  if (!menu.matches?.('.menu') || event.newState !== 'open' || !button) return;
  const place = all(`[popovertarget="${menu.id}"]`).find(one => one.checkVisibility()) || button;
  const b = place.getBoundingClientRect(), m = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(b.right - m.width, innerWidth - m.width - 8))}px`;
  menu.style.top = `${b.bottom + 4 + m.height > innerHeight ? Math.max(8, b.top - m.height - 4) : b.bottom + 4}px`;
  menu.querySelector('a, button')?.focus();
}, true);
on('keydown', event => {
  const menu = event.target.closest?.('.menu');
  if (!menu || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
  const rows = all('a, button', menu).filter(row => row.checkVisibility());
  rows[(rows.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : rows.length - 1)) % rows.length]?.focus();
  event.preventDefault();
});

/* --- Clicks. --- */
async function copy(text) {
  try { await navigator.clipboard.writeText(text); }
  catch {                                              // plain http in the office network has no clipboard API
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast({ text: say.copied });
}
on('click', event => {
  const hit = selector => event.target.closest(selector);
  let it;
  if ((it = hit('[data-dialog]'))) {
    it.closest('[popover]')?.hidePopover();
    open(document.getElementById(it.dataset.dialog));
  } else if ((it = hit('[data-dialog-close]'))) it.closest('dialog').close();
  else if ((it = hit('dialog a[href*="#"]'))) {         // to a place of this page: the focus stays there too
    opener = null;
    it.closest('dialog').close();
  }
  else if ((it = hit('[data-toast-close]'))) it.closest('.toast').remove();
  else if ((it = hit('[data-copy]'))) copy(it.dataset.copy || document.querySelector(it.dataset.copyFrom).innerText);
  else if ((it = hit('[data-show]'))) {
    const field = document.getElementById(it.dataset.show);
    field.type = field.type === 'text' ? 'password' : 'text';
    it.setAttribute('aria-pressed', field.type === 'text');
  }
  else if (hit('[data-print]')) print();
  else if ((it = hit('[data-set-for]'))) {
    const field = document.getElementById(it.dataset.setFor);
    field.value = it.dataset.set;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
  else if (hit('[data-rail-switch]')) {
    const root = document.documentElement.dataset;
    keep('rail', root.rail = root.rail === 'wide' ? 'narrow' : 'wide');
  } else if ((it = hit('.menu a, .menu button'))) it.closest('[popover]')?.hidePopover();
});
on('change', event => {
  if (event.target.matches('[data-pick-all]')) all('[name=ids]', event.target.closest('form')).forEach(box => { box.checked = event.target.checked; });
  if (event.target.matches('[data-submit-on-change]')) event.target.form.requestSubmit();
});

/* --- Forms: a double click saves once; the theme changes at once and is kept by the server. --- */
on('submit', event => {
  const form = event.target, button = event.submitter;
  if (form.matches('[data-theme-form]')) {
    event.preventDefault();
    document.documentElement.dataset.theme = button.value;
    keep('theme', button.value);
    all('button', form).forEach(one => one.setAttribute('aria-pressed', one === button));
    fetch(form.action, { method: 'POST', body: new FormData(form, button) });
  } else if (form.matches('[data-submit-once]')) {
    if (form.hasAttribute('aria-busy')) return event.preventDefault(), event.stopImmediatePropagation();
    form.setAttribute('aria-busy', 'true');
    all('button:not([type=button])', form).forEach(one => one.setAttribute('aria-busy', 'true'));
  }
}, true);
const free = root => all('[data-submit-once][aria-busy], [data-submit-once] [aria-busy]', root).forEach(one => one.removeAttribute('aria-busy'));
addEventListener('pageshow', () => free(document));
on('htmx:afterRequest', () => free(document));

/* --- A strip that is wider than the screen starts at what is current. --- */
const center = root => all('[data-scroll-current]', root).forEach(strip => {
  const now = strip.querySelector('[aria-current]');
  if (now) strip.scrollLeft = now.offsetLeft - strip.offsetLeft - (strip.clientWidth - now.clientWidth) / 2;
});
center(document);
on('htmx:afterSettle', event => center(event.target));

/* --- A typed password can be looked at; it is hidden again before it is sent, so that the browser does not remember it as a text. --- */
all('[data-show]').forEach(button => button.hidden = false);
on('submit', () => all('[data-show]').forEach(button => document.getElementById(button.dataset.show).type = 'password'), true);
