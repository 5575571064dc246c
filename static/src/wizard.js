/* The wizard: what is changed is looked at at once, and what was typed into the empty fields is kept before anything is created.
   Who goes from a field straight to "Create" is answered by the server: with the document as it is then, and the question whether to create it. */
{
  let pressed = null;
  const typed = form => form && ('typed' in form.dataset || [...form.elements].some(one => one.matches('.input') && one.value !== one.defaultValue));
  const creates = (button, form) => button?.form === form && !button.hasAttribute('formaction');
  const asked = form => [...new FormData(form)].filter(([name, value]) => value && !['csrf_token', 'once', 'seen'].includes(name));
  document.addEventListener('mousedown', event => { pressed = event.target.closest('button'); }, true);
  document.addEventListener('mouseup', () => { pressed = null; }, true);
  document.addEventListener('change', event => {
    const form = event.target.form;
    if (!event.target.matches('[data-look-on-change]') || creates(pressed, form)) return;
    form.requestSubmit(form.querySelector('[data-refresh]'));
  });
  document.addEventListener('submit', event => {
    const beside = document.getElementById(event.target.dataset.unsaved);
    if (event.submitter?.hasAttribute('formaction') || !typed(beside)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    beside.action = `${beside.action.split('?')[0]}?${new URLSearchParams(asked(event.target))}`; // the choice as it is now
    beside.requestSubmit();
  }, true);
}
