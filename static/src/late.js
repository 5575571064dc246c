/* An answer that comes late overwrites nothing that was typed since it was asked for, nor the field that somebody is in.
   For what asks with [data-late], inside a form: such fields keep what they hold, together with the hidden ones of their [data-together].
   When they are left they say so, "change" if they were typed in and else "late", so that what follows them can be asked anew.
   An answer about a hidden value that is another one by now, such as a product that is no longer meant, is dropped. */
{
  const asked = new WeakMap();                         // request -> how its form was when it was sent
  const tick = field => field.type === 'checkbox', state = field => (tick(field) ? field.checked : field.value);
  const put = ([field, held]) => { field[tick(field) ? 'checked' : 'value'] = held; };
  const fields = form => [...form.elements].filter(field => field.id);

  on('htmx:beforeSend', ({ detail: { elt, xhr } }) => {
    const form = elt.matches?.('[data-late]') && elt.closest('form');
    if (form) asked.set(xhr, { form: form.id, from: document.activeElement, then: new Map(fields(form).map(field => [field.id, state(field)])) });
  });
  on('htmx:beforeSwap', ({ detail }) => {
    const question = asked.get(detail.xhr), form = question && document.getElementById(question.form);
    if (!form) return;
    const now = document.activeElement, typed = field => question.then.has(field.id) && state(field) !== question.then.get(field.id);
    if (fields(form).some(field => field.type === 'hidden' && typed(field))) detail.shouldSwap = false;
    question.kept = fields(form).filter(field => field.type !== 'hidden' && (field === now || typed(field))).map(field => ({
      id: field.id, news: typed(field) ? 'change' : 'late', spot: field === now && question.from !== now ? [now.selectionStart, now.selectionEnd] : null,
      held: [field, ...(field.closest('[data-together]')?.querySelectorAll('input[type=hidden]') ?? [])].map(one => [one.id, state(one)]) }));
  });
  on('htmx:afterSettle', ({ detail }) => {
    const kept = asked.get(detail.xhr)?.kept ?? [];
    asked.delete(detail.xhr);
    for (const { id, news, spot, held } of kept) {
      const field = document.getElementById(id), tell = () => field.dispatchEvent(new Event(news, { bubbles: true }));
      if (!field) continue;
      held.map(([name, value]) => [document.getElementById(name), value]).filter(([one]) => one).forEach(put);
      if (spot) field.focus();
      if (spot?.[1] != null) field.setSelectionRange(...spot);
      if (field === document.activeElement) field.addEventListener('blur', tell, { once: true });
      else tell();
    }
  });
}
