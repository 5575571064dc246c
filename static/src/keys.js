/* Keys: / search, n create, j k rows, e edit, ? all of them, Ctrl K from anywhere. Single letters can be switched off (WCAG 2.1.4). */
{
  const letters = () => localStorage.getItem('keys') !== 'off';
  const seen = selector => [...document.querySelectorAll(selector)].find(one => one.checkVisibility());
  const search = () => { const box = seen('[data-search]') || seen('[type=search]'); box?.focus(); box?.select(); return box; };
  const step = way => {
    const rows = [...document.querySelectorAll('[data-row]')].filter(row => row.checkVisibility());
    if (!rows.length) return;
    const at = rows.findIndex(row => row.contains(document.activeElement) || row.matches('.here'));
    const row = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + way))];
    (row.matches('a, [tabindex]') ? row : row.querySelector('a, button'))?.focus();
    row.scrollIntoView({ block: 'nearest' });
  };
  const acts = {
    '/': search,
    n: () => document.querySelector('[data-create]')?.click(),
    j: () => step(1),
    k: () => step(-1),
    e: () => (document.activeElement.closest('[data-row]')?.querySelector('[data-edit]') || seen('main [data-edit]'))?.click(),
    '?': () => document.querySelector('#keys:not([open])')?.showModal(),
  };
  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyK') return search() && event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || !letters() || event.target.closest('input, textarea, select, dialog, [contenteditable], [data-grabbed]')) return;
    const latin = /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();   // the same place on a Russian keyboard
    const key = event.key === '?' || (event.code === 'Slash' && event.shiftKey) ? '?' : event.code === 'Slash' ? '/' : latin ?? event.key;
    if (!acts[key]) return;
    event.preventDefault();
    acts[key]();
  });
  const box = document.querySelector('[data-keys-switch]');
  if (box) {
    box.checked = box.defaultChecked = letters();
    box.addEventListener('change', () => localStorage.setItem('keys', box.checked ? 'on' : 'off'));
  }
}
