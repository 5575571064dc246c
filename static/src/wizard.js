/* The wizard: what is changed is looked at at once, and what was typed into the empty fields is kept before anything is created. */
{
  const typed = form => form && ('typed' in form.dataset || [...form.elements].some(one => one.matches('.input') && one.value !== one.defaultValue));
  document.addEventListener('change', event => {
    if (event.target.matches('[data-look-on-change]')) event.target.form.requestSubmit(event.target.form.querySelector('[data-refresh]'));
  });
  document.addEventListener('submit', event => {
    const beside = document.getElementById(event.target.dataset.unsaved);
    if (event.submitter?.hasAttribute('formaction') || !typed(beside)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    beside.requestSubmit();
  }, true);
}
