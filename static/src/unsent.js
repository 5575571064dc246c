/* What was typed outlives the end of a session. A page that htmx works in stays as it is and offers the way in in another tab, whose
   page tells the fresh token. A plain form that is answered by the sign-in page or by a refusal ([data-unsent]), or by nothing, finds
   its words again when its page is opened by the same person within the hour, in the same tab. Passwords, files and tokens are never kept. */
(() => {
  const HOUR = 3600000, KEY = 'unsent', { person } = document.body.dataset, here = location.pathname + location.search;
  const meta = document.querySelector('meta[name=csrf-token]'), told = () => document.getElementById('signed-out');

  /* --- Messages: what stands outside of an open dialog can be neither read nor pressed. A lost network is told once. --- */
  const seat = (place = all('dialog[open]').at(-1) || document.body) => toasts && toasts.parentElement !== place && place.append(toasts);
  const found = () => all('.toast[data-lost]').forEach(box => box.remove());
  function lost() {
    found();
    toast({ text: say.lost, kind: 'bad' });
    toasts.lastElementChild.dataset.lost = '';
  }
  if (toasts) new MutationObserver(() => seat()).observe(toasts, { childList: true });
  on('htmx:beforeSwap', event => event.detail.target === dialog && seat(document.body));
  on('htmx:afterSwap', () => toasts?.firstElementChild && seat());
  addEventListener('close', () => seat(), true);         // before app.js empties the dialog
  on('htmx:sendError', event => quiet(event) || !toasts || lost());
  addEventListener('online', found);

  /* --- The way in, told once; the token on htmx requests, and that of another tab. --- */
  on('htmx:beforeSwap', event => {
    if (event.detail.xhr.status === 401 && told()) event.detail.shouldSwap = false;
  });
  on('htmx:afterRequest', event => { if (event.detail.successful) told()?.remove(); });
  on('htmx:configRequest', event => { event.detail.headers['X-CSRFToken'] = meta.content; });
  function renew(token) {
    meta.content = token;
    all('input[name=csrf_token]').forEach(field => { field.value = token; });
  }
  on('token', event => renew(event.detail.value));
  let tabs;
  function listen() {                                    // closed on leaving: an open channel keeps a page from being brought back as it was
    tabs = new BroadcastChannel('voronka');
    tabs.onmessage = ({ data }) => {
      if (data.person && data.person !== person) return; // somebody else: these words are not theirs to send
      renew(data.token);
      if (data.person) told()?.remove();
    };
    tabs.postMessage({ token: meta.content, person });
  }
  addEventListener('pageshow', listen);
  addEventListener('pagehide', () => tabs?.close());

  /* --- Drafts. --- */
  const KINDS = ['password', 'file', 'submit', 'button', 'reset', 'image', 'fieldset', 'output', 'object'];
  const ticked = field => ['checkbox', 'radio'].includes(field.type);
  const state = field => (ticked(field) ? field.checked : field.value);
  const nameOf = form => `${form.id} ${form.getAttribute('action') || ''}`;
  function fields(form) {                                // name and place among those of the same name -> field
    const found = new Map(), counts = {};
    for (const field of form.elements) {
      if (!field.name || field.name === 'csrf_token' || KINDS.includes(field.type)) continue;
      counts[field.name] = (counts[field.name] ?? -1) + 1;
      found.set(`${field.name} ${counts[field.name]}`, field);
    }
    return found;
  }
  function read() {
    try { return JSON.parse(sessionStorage.getItem(KEY)) || []; } catch { return []; }
  }
  function write(drafts) {
    try { drafts.length ? sessionStorage.setItem(KEY, JSON.stringify(drafts)) : sessionStorage.removeItem(KEY); } catch { /* full, or forbidden */ }
  }
  function putBack({ form: name, values }) {
    const form = all('form').find(one => nameOf(one) === name), places = form ? fields(form) : new Map(), left = [];
    let changed = false;
    for (const [key, value, text] of values) {
      const field = places.get(key);
      if (!field) { if (text && value) left.push(value); continue; }
      if (state(field) === value) continue;
      if (ticked(field)) field.checked = value; else field.value = value;
      if (field.type === 'hidden') continue;
      changed = true;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
    if (changed || left.length) toast({ text: [say.back, ...(left.length ? [say.placeless.replace('{text}', left.join(', '))] : [])].join(' '), kind: left.length ? 'bad' : '' });
  }
  function arrive() {
    let drafts = read();
    const answer = say.posted !== undefined || performance.getEntriesByType('navigation')[0]?.redirectCount > 0;
    if (!answer || document.querySelector('[data-unsent]')) drafts.forEach(draft => { draft.unsent = true; });
    if (person) {                                        // what a page of ours answered has arrived, the rest did not
      drafts = drafts.filter(draft => draft.person === person && Date.now() - draft.at < HOUR && draft.unsent);
      drafts.filter(draft => draft.page === here).forEach(putBack);
      drafts = drafts.filter(draft => draft.page !== here);
    }
    write(drafts);
  }
  arrive();
  async function reach(form, button) {                   // a computer without any network still reaches a server of its own
    try { await fetch('/healthz', { cache: 'no-store' }); }
    catch { return lost(); }
    form.dataset.reached = '';
    form.requestSubmit(button);
    delete form.dataset.reached;
  }
  on('submit', event => {
    const form = event.target;
    if (form.matches('[data-sign-out]')) write([]);
    if (event.defaultPrevented || !person || form.getAttribute('method')?.toLowerCase() !== 'post') return;
    if (!navigator.onLine && form.dataset.reached === undefined) {
      event.preventDefault();
      free(document);
      reach(form, event.submitter);
      return;
    }
    const kept = [...fields(form)];
    if (kept.every(([, field]) => field.type === 'hidden')) return;
    const values = kept.map(([key, field]) => [key, state(field), /^(text|tel|email|url|search|textarea)$/.test(field.type)]);
    const draft = { page: here, form: nameOf(form), person, at: Date.now(), values };
    write([...read().filter(one => one.page !== here || one.form !== draft.form), draft].slice(-5));
  });
})();
