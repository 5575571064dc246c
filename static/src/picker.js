/* Combobox (ARIA 1.2, list autocomplete) over <input data-picker-url data-picker-for="id of the hidden input">.
   The server answers ?q=… with <li role="option" data-id data-text>…</li>; one with data-new stands for "create what I typed". */
{
  const state = new WeakMap();
  const parts = input => ({ list: document.getElementById(input.getAttribute('aria-controls')), hidden: document.getElementById(input.dataset.pickerFor), box: input.closest('.picker') });
  const close = input => {
    parts(input).list.replaceChildren();
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  function mark(input, option) {
    parts(input).list.querySelectorAll('[aria-selected=true]').forEach(one => one.setAttribute('aria-selected', 'false'));
    option.setAttribute('aria-selected', 'true');
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }
  function choose(input, option) {
    const { hidden, box } = parts(input);
    hidden.value = option.dataset.id || '';
    // "create" stands for all that is typed by now, though the list may answer to its first letters
    if (!box.toggleAttribute('data-fresh', 'new' in option.dataset)) input.value = option.dataset.text ?? option.textContent.trim();
    close(input);
    hidden.dispatchEvent(new Event('change', { bubbles: true }));
  }
  async function ask(input) {
    const { list } = parts(input), mine = {};
    state.set(input, mine);
    const url = new URL(input.dataset.pickerUrl, location.href);
    url.searchParams.set('q', input.value.trim());
    try {
      const answer = await fetch(url, { headers: { 'HX-Request': 'true' } });
      if (!answer.ok || answer.redirected || state.get(input) !== mine || document.activeElement !== input) return;
      list.innerHTML = await answer.text();
    } catch { return; }                                // no network: the words typed are posted as they are
    [...list.children].forEach((option, at) => { option.id ||= `${list.id}-${at}`; option.setAttribute('aria-selected', 'false'); });
    input.setAttribute('aria-expanded', String(list.children.length > 0));
  }
  const later = new WeakMap();
  const soon = input => { clearTimeout(later.get(input)); later.set(input, setTimeout(ask, 180, input)); };
  const is = event => event.target.matches?.('[data-picker-url]') && event.target;

  document.addEventListener('input', event => {
    const input = is(event);
    if (!input) return;
    const { hidden, box } = parts(input);
    hidden.value = '';
    box.removeAttribute('data-fresh');
    soon(input);
  });
  document.addEventListener('change', event => {        // <select data-picker-narrows="id of the input">: only what is in this group
    const input = document.getElementById(event.target.dataset.pickerNarrows);
    if (!input) return;
    const url = new URL(input.dataset.pickerUrl, location.href);
    url.searchParams.set('group', event.target.value);
    input.dataset.pickerUrl = url;
    input.focus();
    ask(input);
  });
  document.addEventListener('click', event => {
    const input = is(event);
    if (input && !parts(input).list.children.length) ask(input);
  });
  document.addEventListener('keydown', event => {
    const input = is(event);
    if (!input) return;
    const { list } = parts(input), options = [...list.children], at = options.findIndex(one => one.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!options.length) return ask(input);
      mark(input, options[(at + (event.key === 'ArrowDown' ? 1 : at < 0 ? 0 : options.length - 1) + options.length) % options.length] ?? options.at(-1));
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      choose(input, options[at]);
    } else if (event.key === 'Escape' && options.length) {
      event.preventDefault();
      event.stopPropagation();
      close(input);
    }
  }, true);
  document.addEventListener('pointerdown', event => event.target.closest('.picker-list') && event.preventDefault());   // the box keeps the focus
  document.addEventListener('click', event => {
    const option = event.target.closest('.picker-list > [role=option]');
    if (option) choose(option.closest('.picker').querySelector('[data-picker-url]'), option);
  });
  document.addEventListener('focusout', event => is(event) && close(event.target));
}
